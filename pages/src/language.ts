import { type PageLanguage, pageLanguages } from '@aldaba/contract/pages';

/** Where a language may come from, strongest first. */
export interface LanguageInput {
  /** OpenID Connect `ui_locales`: BCP 47 tags separated by spaces, best first. */
  uiLocales?: string | undefined;
  /** The Accept-Language header. */
  acceptLanguage?: string | undefined;
  /** Whether the tenant lets the browser decide. `ui_locales` counts either way: an application asked for it. */
  autoDetect: boolean;
  /** The tenant's own language; English when the pages do not speak it. */
  fallback: string;
}

/** The page language that serves a BCP 47 tag: `es-MX` is Spanish, every Chinese is zh-CN. */
const languageOf = (tag: string): PageLanguage | undefined => {
  const primary = tag.trim().toLowerCase().split(/[-_]/, 1)[0];
  return pageLanguages.find((language) => language.toLowerCase().split('-', 1)[0] === primary);
};

const firstOf = (tags: string[]): PageLanguage | undefined => {
  for (const tag of tags) {
    const language = languageOf(tag);
    if (language) return language;
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

/**
 * Chooses the language of a page: `ui_locales`, then Accept-Language (if the tenant detects), then the tenant's
 * fallback.
 */
export const negotiateLanguage = (input: LanguageInput): PageLanguage =>
  firstOf((input.uiLocales ?? '').slice(0, 500).split(/\s+/)) ??
  (input.autoDetect ? firstOf(acceptedTags(input.acceptLanguage ?? '')) : undefined) ??
  languageOf(input.fallback) ??
  'en';
