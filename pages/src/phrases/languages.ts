/** The languages of the pages besides English, by the tags of the contract. */
import type { PageLanguage } from '@aldaba/contract/pages';
import { arabic } from './ar.ts';
import { german } from './de.ts';
import { spanish } from './es.ts';
import { french } from './fr.ts';
import { italian } from './it.ts';
import { japanese } from './ja.ts';
import { korean } from './ko.ts';
import type { Language } from './language.ts';
import { brazilianPortuguese } from './pt-br.ts';
import { russian } from './ru.ts';
import { simplifiedChinese } from './zh-cn.ts';
import { traditionalChinese } from './zh-tw.ts';

export const languages: Readonly<Record<Exclude<PageLanguage, 'en'>, Language>> = {
  es: spanish,
  'zh-CN': simplifiedChinese,
  'zh-TW': traditionalChinese,
  ja: japanese,
  ko: korean,
  fr: french,
  de: german,
  'pt-BR': brazilianPortuguese,
  it: italian,
  ru: russian,
  ar: arabic,
};
