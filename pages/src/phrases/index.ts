/**
 * Every sentence that a person reads on a hosted page, in the languages of the contract. This folder owns the
 * words and how values are put into them; it does not decide which language a page is in (`../language.ts`).
 */
import { type ErrorCode, errorCatalog } from '@aldaba/contract/errors';
import type { PageLanguage } from '@aldaba/contract/pages';
import { type Catalog, english, type PhraseKey } from './en.ts';
import { translatedSentences } from './errors.ts';
import { sentencesOfPrograms } from './errors-of-programs.ts';
import { spanish } from './es.ts';
import { simplifiedChinese } from './zh-cn.ts';

export type { PhraseKey } from './en.ts';

const catalogs: Readonly<Record<PageLanguage, Catalog>> = {
  en: english,
  es: spanish,
  'zh-CN': simplifiedChinese,
};

let ownWords: Readonly<Record<string, string>> = {};

/**
 * Does work in which an operator's own words replace built-in ones. The work is synchronous, so no other page hears
 * them.
 */
export const speaking = <T>(words: Readonly<Record<string, string>> | undefined, work: () => T): T => {
  ownWords = words ?? {};
  try {
    return work();
  } finally {
    ownWords = {};
  }
};

const wordsOf = (language: PageLanguage, key: PhraseKey): string =>
  (Object.hasOwn(ownWords, key) ? ownWords[key] : undefined) ?? catalogs[language][key];

/** Puts values into `{name}` places; a place without a value is left out. Values are never read for places again. */
const fill = (sentence: string, value: (name: string) => string): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => value(name));

/** The localized sentence of a key. The result is text, not HTML: escape it where it is shown. */
export const phrase = (language: PageLanguage, key: PhraseKey, values: Readonly<Record<string, string>> = {}): string =>
  fill(wordsOf(language, key), (name) => values[name] ?? '');

/** The whole catalog of a language with its `{name}` places, for `GET /api/.well-known/phrases`. */
export const phrases = (language: PageLanguage): Record<string, string> => ({ ...catalogs[language] });

/** A phrase cut at its places, for sentences that carry links: `['By continuing … the ', { place: 'links' }, '.']`. */
export const phraseParts = (language: PageLanguage, key: PhraseKey): (string | { place: string })[] =>
  wordsOf(language, key)
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => (/^\{\w+\}$/.test(part) ? { place: part.slice(1, -1) } : part));

/** The localized sentence of an error code. `data` fills its places, strings and numbers only. */
export const errorSentence = (
  language: PageLanguage,
  code: ErrorCode,
  data: Readonly<Record<string, unknown>> = {},
): string =>
  fill(sentenceOf(language, code), (name) => {
    const value = data[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }).trimEnd();

function sentenceOf(language: PageLanguage, code: ErrorCode): string {
  if (language === 'en') return errorCatalog[code][1];
  const ofPeople: Readonly<Partial<Record<ErrorCode, string>>> = translatedSentences[language];
  return ofPeople[code] ?? sentencesOfPrograms[code]?.[language === 'es' ? 0 : 1] ?? errorCatalog[code][1];
}

/**
 * A waiting time in words (“in 5 minutes”), for the `relativeTime` place of
 * `session.verification_blocked_too_many_attempts`.
 */
export const relativeTime = (language: PageLanguage, seconds: number): string => {
  const format = new Intl.RelativeTimeFormat(language);
  return seconds < 60 ? format.format(Math.ceil(seconds), 'second') : format.format(Math.ceil(seconds / 60), 'minute');
};
