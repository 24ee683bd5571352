/** What is around every hosted page: language, branding and links. */

/** Languages that the hosted pages speak. */
export const pageLanguages = ['en', 'es', 'zh-CN'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

/** What every page needs, whatever it shows. */
export interface PageFrame {
  /** The tenant's base path without trailing slash ('' at the root); every link and asset starts with it. */
  basePath: string;
  language: PageLanguage;
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
