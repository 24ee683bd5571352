import { pageLanguages } from '@aldaba/contract/pages';

/** Scripts that are written from right to left (ISO 15924). */
const rightToLeft: ReadonlySet<string | undefined> = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

const computed = (languageTag: string) =>
  rightToLeft.has(new Intl.Locale(languageTag).maximize().script) ? 'rtl' : 'ltr';

/** Every page asks for each of them, and `Intl.Locale` takes longer than the rest of the page. */
const ofOwnLanguages: ReadonlyMap<string, 'ltr' | 'rtl'> = new Map(pageLanguages.map((tag) => [tag, computed(tag)]));

/** The base direction of a language: the value of `dir`. */
export const directionOf = (languageTag: string): 'ltr' | 'rtl' =>
  ofOwnLanguages.get(languageTag) ?? computed(languageTag);
