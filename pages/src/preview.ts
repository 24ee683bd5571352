/**
 * What differs in a preview (`PagePreview`): the color scheme is given instead of the browser's, style sheets are part
 * of the document, and the options of a native app are shown without its bridge.
 */
import type { PageFrame } from '@aldaba/contract/pages';
import type { NativeAbilities } from './islands/filter.ts';

type ColorScheme = 'light' | 'dark';
type Framed = Pick<PageFrame, 'preview'>;

/** Media queries that always and never match. */
const always = '(min-width:0)';
const never = '(max-width:0)';

/** Decides the queries for `prefers-color-scheme` of a style sheet. */
export const withColorScheme = (css: string, scheme: ColorScheme): string =>
  css
    .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, asked: string) =>
      asked.toLowerCase() === scheme ? always : never,
    )
    .replace(/(\bcolor-scheme\s*:\s*)(?:light\s+dark|dark\s+light)\b/gi, `$1${scheme}`);

/** The media query of a picture for one color scheme. */
export const mediaOf = ({ preview }: Framed, scheme: ColorScheme): string => {
  if (preview === undefined) return `(prefers-color-scheme: ${scheme})`;
  return preview.colorScheme === scheme ? always : never;
};

/** `</` would end the style element, even in a string; `<\\/` has the same meaning in CSS. */
export const embeddable = (css: string): string => css.replaceAll('</', '<\\/');

/** What the app around the page can do, where the server knows it. */
export const abilitiesOf = ({ preview }: Framed): NativeAbilities | undefined =>
  preview?.nativeTargets && {
    canPost: true,
    universal: true,
    callbackLink: true,
    nativeTargets: preview.nativeTargets,
  };
