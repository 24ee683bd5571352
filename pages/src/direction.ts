/** Scripts that are written from right to left (ISO 15924). */
const rightToLeft: ReadonlySet<string | undefined> = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

/** The base direction of a language: the value of `dir`. */
export const directionOf = (languageTag: string): 'ltr' | 'rtl' =>
  rightToLeft.has(new Intl.Locale(languageTag).maximize().script) ? 'rtl' : 'ltr';
