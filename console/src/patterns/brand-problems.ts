/** What is wrong with the texts that a brand is made of, before anything is sent. */
import type { patternPhrases } from './phrases.ts';

export type BrandProblems = ReturnType<typeof patternPhrases.use>;

/** `#rrggbb` or `#rgb`. */
export const isColor = (text: string): boolean => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text);

const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Checks by kind of text; each returns a message or undefined. */
export function brandProblems(t: BrandProblems) {
  const link = (text: string) => (text === '' || isWebUrl(text) ? undefined : t('wrong.link'));
  return {
    link,
    image: (text: string) => (text.startsWith('data:image/') ? undefined : link(text)),
    hex: (text: string) => (isColor(text) ? undefined : t('wrong.color')),
  };
}
