import { type PageLanguage, pageLanguages } from '@aldaba/contract/pages';

/** The language of a page, and the built-in one that speaks where the operator has no words for it. */
export interface SpokenLanguage {
  /** BCP 47, of `pageLanguages` or of the operator's own. */
  tag: string;
  language: PageLanguage;
}

/** Where a language may come from, strongest first. */
export interface LanguageInput {
  /** OpenID Connect `ui_locales`: BCP 47 tags separated by spaces, best first. */
  uiLocales?: string | undefined;
  /** What the user chose on a page. Counts where the tenant lets the browser decide. */
  chosen?: string | undefined;
  /** The Accept-Language header. */
  acceptLanguage?: string | undefined;
  /** Whether the tenant lets the browser decide. `ui_locales` counts either way: an application asked for it. */
  autoDetect: boolean;
  /** The tenant's own language; English when the pages do not speak it. */
  fallback: string;
  /** Tags of the languages that the operator added. */
  own?: readonly string[];
}

/**
 * The page language that serves a BCP 47 tag: `es-MX` is Spanish, every Portuguese is pt-BR. Chinese is zh-TW where it
 * is written in traditional characters, and zh-CN otherwise.
 */
const languageOf = (tag: string): PageLanguage | undefined => {
  const [primary, ...rest] = tag.trim().toLowerCase().split(/[-_]/);
  if (primary === 'zh') return isTraditional(rest) ? 'zh-TW' : 'zh-CN';
  return pageLanguages.find((language) => language.split('-', 1)[0] === primary);
};

/** The script of a Chinese tag decides; without one, the region does. */
const isTraditional = (subtags: string[]): boolean =>
  subtags.includes('hant') || (!subtags.includes('hans') && subtags.some((each) => /^(tw|hk|mo)$/.test(each)));

const primaryOf = (tag: string): string | undefined => tag.toLowerCase().split('-', 1)[0];

/**
 * The language that serves a tag: one of the operator's with just that tag, then a built-in one, then one of the
 * operator's for another region or script.
 */
const spokenFor = (asked: string, { own = [], fallback }: LanguageInput): SpokenLanguage | undefined => {
  const tag = asked.trim().replaceAll('_', '-');
  const builtIn = languageOf(tag);
  const exact = own.find((each) => each.toLowerCase() === tag.toLowerCase());
  if (builtIn !== undefined && exact === undefined) return { tag: builtIn, language: builtIn };
  const found = exact ?? own.find((each) => primaryOf(each) === primaryOf(tag));
  return found === undefined ? undefined : { tag: found, language: languageOf(found) ?? languageOf(fallback) ?? 'en' };
};

const firstOf = (tags: string[], input: LanguageInput): SpokenLanguage | undefined => {
  for (const tag of tags) {
    const spoken = spokenFor(tag, input);
    if (spoken) return spoken;
  }
  return undefined;
};

/**
 * Tags of an Accept-Language header in order of weight (RFC 9110 section 12.5.4); refused (`q=0`) and malformed ones
 * are left out.
 */
const acceptedTags = (header: string): string[] =>
  header
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter));
      return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0 && weight <= 1)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);

/** Whether the application decides the language, so that the user cannot. */
export const isLanguageGiven = (input: LanguageInput): boolean =>
  firstOf((input.uiLocales ?? '').slice(0, 500).split(/\s+/), input) !== undefined;

/**
 * Chooses the language of a page: `ui_locales`, then what the user chose and Accept-Language (if the tenant detects),
 * then the tenant's fallback.
 */
export const chooseLanguage = (input: LanguageInput): SpokenLanguage => {
  const wished = input.autoDetect ? [input.chosen ?? '', ...acceptedTags(input.acceptLanguage ?? '')] : [];
  return (
    firstOf((input.uiLocales ?? '').slice(0, 500).split(/\s+/), input) ??
    firstOf(wished, input) ??
    spokenFor(input.fallback, input) ?? { tag: 'en', language: 'en' }
  );
};

/** The same among the built-in languages. */
export const negotiateLanguage = (input: LanguageInput): PageLanguage => chooseLanguage(input).language;
