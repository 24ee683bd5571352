/**
 * Every sentence that a person reads on a hosted page, in the languages of the pages. This folder owns the
 * words and how values are put into them; it does not decide which language a page is in (`../language.ts`).
 */
import { type ErrorCode, errorCatalog } from '@aldaba/contract/errors';
import type { PageLanguage } from '@aldaba/contract/pages';
import { directionOf } from '../direction.ts';
import { type Catalog, english, type Notices, noticesInEnglish, type PhraseKey } from './en.ts';
import { sentencesOfPrograms } from './errors-of-programs.ts';
import { codesOfPeople } from './language.ts';
import { languages } from './languages.ts';

export type { PhraseKey } from './en.ts';

const catalogOf = (language: PageLanguage): Catalog => (language === 'en' ? english : languages[language].phrases);

/** A language with an operator's own words, by the keys of `ownKeys`. */
export interface Spoken {
  /** BCP 47: the language of the page. */
  tag: string;
  /** The built-in language that has the other words. */
  language: PageLanguage;
  words: Readonly<Record<string, string>>;
}

let rendered: Spoken | undefined;
let findOfRequest: () => Spoken | undefined = () => undefined;

/** Tells where sentences outside of a page find the language of the request that they belong to. */
export const listenToRequests = (find: () => Spoken | undefined): void => {
  findOfRequest = find;
};

/** Does work in a language. The work is synchronous, so no other page hears its words. */
export const speaking = <T>(spoken: Spoken, work: () => T): T => {
  rendered = spoken;
  try {
    return work();
  } finally {
    rendered = undefined;
  }
};

/** What is spoken where a built-in language is asked for. */
const spokenAs = (language: PageLanguage): Spoken => {
  const spoken = rendered ?? findOfRequest();
  return spoken?.language === language ? spoken : { tag: language, language, words: {} };
};

/** Keys of the sentences of errors among an operator's words: `errors.session.not_found`. */
const errorKey = (code: ErrorCode): string => `errors.${code}`;

/** The operator’s own word for a key, on a page in this language. */
export const ownWord = (language: PageLanguage, key: string): string | undefined => {
  const { words } = spokenAs(language);
  return Object.hasOwn(words, key) ? words[key] : undefined;
};

const wordsOf = (language: PageLanguage, key: PhraseKey): string => ownWord(language, key) ?? catalogOf(language)[key];

/**
 * `{name}`, or `{min:one=character|other=characters}`: the form for the number in `min`. `#` in a form is the number,
 * for languages that say one and two without a digit.
 */
const place = /\{(\w+)(?::([^{}]*))?\}/g;

/** The form of a word for a number, by its plural category (CLDR). */
const formFor = (language: PageLanguage, forms: string, number: string): string => {
  const byCategory = new Map(forms.split('|').map((form) => form.split('=', 2) as [category: string, form: string]));
  const category = new Intl.PluralRules(spokenAs(language).tag).select(Number(number));
  return byCategory.get(category) ?? byCategory.get('other') ?? '';
};

/** Keeps what a value says together in a sentence from right to left (Unicode FSI and PDI). */
const isolated = (language: PageLanguage, value: string): string =>
  value === '' || directionOf(spokenAs(language).tag) === 'ltr' ? value : `\u2068${value}\u2069`;

/** Puts values into places; a place without a value is left out. Values are never read for places again. */
const fill = (language: PageLanguage, sentence: string, value: (name: string) => string): string =>
  sentence.replace(place, (_, name: string, forms: string | undefined) =>
    forms === undefined
      ? isolated(language, value(name))
      : formFor(language, forms, value(name)).replaceAll('#', () => isolated(language, value(name))),
  );

/** The localized sentence of a key. The result is text, not HTML: escape it where it is shown. */
export const phrase = (language: PageLanguage, key: PhraseKey, values: Readonly<Record<string, string>> = {}): string =>
  fill(language, wordsOf(language, key), (name) => values[name] ?? '');

/** The whole catalog of a language with its `{name}` places, for `GET /api/.well-known/phrases`. */
export const phrases = (language: PageLanguage): Record<string, string> => ({ ...catalogOf(language) });

/** Every sentence that an operator's own words can replace: phrases, and the messages about errors. */
export const replaceable = (language: PageLanguage): Record<string, string> => ({
  ...phrases(language),
  ...Object.fromEntries(codesOfPeople.map((code) => [errorKey(code), builtInSentence(language, code)])),
});

/** The texts of emails about a changed account. */
export const noticesOf = (language: PageLanguage): Notices =>
  language === 'en' ? noticesInEnglish : languages[language].notices;

/**
 * A phrase cut at its places, for sentences that carry links: `['By continuing … the ', { place: 'links' }, '.']`. A
 * word joiner keeps a particle (Korean, Japanese) on the line of the value before it, where browsers see two elements.
 */
export const phraseParts = (language: PageLanguage, key: PhraseKey): (string | { place: string })[] =>
  wordsOf(language, key)
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part, position) => {
      if (/^\{\w+\}$/.test(part)) return { place: part.slice(1, -1) };
      return position > 0 && /^\p{L}/u.test(part) ? `\u2060${part}` : part;
    });

/** The localized sentence of an error code. `data` fills its places, strings and numbers only. */
export const errorSentence = (
  language: PageLanguage,
  code: ErrorCode,
  data: Readonly<Record<string, unknown>> = {},
): string =>
  fill(language, ownWord(language, errorKey(code)) ?? builtInSentence(language, code), (name) => {
    const value = data[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }).trimEnd();

/** The order of the sentences in `errors-of-programs.ts`. */
const languagesOfPrograms: readonly PageLanguage[] = ['es', 'zh-CN'];

/** English has every sentence; the others have the sentences for people, and two of them also those for programs. */
function builtInSentence(language: PageLanguage, code: ErrorCode): string {
  const ofPeople: Readonly<Partial<Record<ErrorCode, string>>> = language === 'en' ? {} : languages[language].errors;
  return ofPeople[code] ?? sentencesOfPrograms[code]?.[languagesOfPrograms.indexOf(language)] ?? errorCatalog[code][1];
}

/** Whether an error has a sentence in a language; `errorSentence` is English if it has none. */
export const speaksOf = (language: PageLanguage, code: ErrorCode): boolean =>
  language === 'en' || builtInSentence(language, code) !== errorCatalog[code][1];

/**
 * A waiting time in words (“in 5 minutes”), for the `relativeTime` place of
 * `session.verification_blocked_too_many_attempts`. Digits are those of all other numbers on the pages.
 */
export const relativeTime = (language: PageLanguage, seconds: number): string => {
  const format = new Intl.RelativeTimeFormat([`${spokenAs(language).tag}-u-nu-latn`, language]);
  return seconds < 60 ? format.format(Math.ceil(seconds), 'second') : format.format(Math.ceil(seconds / 60), 'minute');
};
