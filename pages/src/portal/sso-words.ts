/** The words about single sign-on, in the languages of the portal. */
import { ssoWordsInEnglish as english } from './sso-words-en.ts';
import { ssoWordsInSpanish as spanish } from './sso-words-es.ts';
import { ssoWordsInChinese as chinese } from './sso-words-zh.ts';

export const ssoWords = { english, spanish, chinese };
