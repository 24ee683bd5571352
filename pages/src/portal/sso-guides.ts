/** What an administrator does at the identity provider, step by step, in the languages of the portal. */
import type { PortalLanguage, PortalSsoProvider } from '@aldaba/contract/pages';
import { type Guides, guidesInEnglish } from './sso-guides-en.ts';
import { guidesInSpanish } from './sso-guides-es.ts';
import { guidesInChinese } from './sso-guides-zh.ts';

const guides: Readonly<Record<PortalLanguage, Guides>> = {
  en: guidesInEnglish,
  es: guidesInSpanish,
  'zh-CN': guidesInChinese,
};

/** Empty for a kind that has none. */
export const guideOf = (language: PortalLanguage, provider: PortalSsoProvider): readonly string[] =>
  guides[language][provider] ?? [];
