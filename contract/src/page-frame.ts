/** What is around every hosted page: language, branding and links. */

/** Languages that the hosted pages speak. */
export const pageLanguages = ['en', 'es', 'zh-CN', 'zh-TW', 'ja', 'ko', 'fr', 'de', 'pt-BR', 'it', 'ru', 'ar'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

/** What speakers call each language. */
export const languageNames: Readonly<Record<PageLanguage, string>> = {
  en: 'English',
  es: 'Español',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
  ja: '日本語',
  ko: '한국어',
  fr: 'Français',
  de: 'Deutsch',
  'pt-BR': 'Português (Brasil)',
  it: 'Italiano',
  ru: 'Русский',
  ar: 'العربية',
};

/** The menu of languages, a form that posts to `/language`. */
export interface LanguageChoice {
  languages: { tag: string; name: string }[];
  /** Path under the base path, with its query, of the page to return to. */
  returnTo: string;
}

/** What every page needs, whatever it shows. */
export interface PageFrame {
  /** The tenant's base path without trailing slash ('' at the root); every link and asset starts with it. */
  basePath: string;
  /** The built-in language of the page. */
  language: PageLanguage;
  /** BCP 47, if the page speaks a language of the operator's own; `language` has the words that it lacks. */
  tag?: string;
  /** Languages that the user can choose instead. */
  choice?: LanguageChoice;
  branding: {
    /** Name shown in the title and where there is no logo: application display name, else tenant name. */
    name: string;
    logoUrl?: string;
    darkLogoUrl?: string;
    favicon?: string;
    darkFavicon?: string;
    /** CSS colors, validated `#rrggbb`. */
    primaryColor: string;
    darkPrimaryColor: string;
    isDarkModeEnabled: boolean;
    hideAldabaBranding: boolean;
  };
  termsOfUseUrl?: string;
  privacyPolicyUrl?: string;
  supportEmail?: string;
  supportWebsiteUrl?: string;
  /** Handle of the page's interaction; links and forms with `app_id` also have it as `interaction`. */
  interaction?: string;
  /** The operator's own style sheet, a path under the base path. */
  customCssPath?: string;
  /** When the sandbox plays a phone, the script that installs the bridge object ('ios' | 'android'). */
  sandboxBridge?: 'ios' | 'android';
  /** Renders the page as a document without scripts that other pages can frame. */
  preview?: PagePreview;
}

/** The page as a Console frames it: its style sheets are part of the document, and nothing in it can be submitted. */
export interface PagePreview {
  /** Replaces the browser's `prefers-color-scheme`. */
  colorScheme: 'light' | 'dark';
  /** The operator's own style sheet. */
  customCss?: string;
  /** Shows what a native app with the SDK of each target shows; without it, what a browser shows. */
  nativeTargets?: string[];
  /** Origins of the pages that may frame the document. */
  frameAncestors: string[];
}
