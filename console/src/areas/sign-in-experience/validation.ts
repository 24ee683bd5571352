/** What is wrong with the text of an input before anything is sent. */
import type { experiencePhrases } from './phrases.ts';
import type { Values } from './values.ts';

/** Paths of inputs that are members of a member of the values. */
export const inputs = [
  'color.primaryColor',
  'color.darkPrimaryColor',
  'branding.logoUrl',
  'branding.darkLogoUrl',
  'branding.favicon',
  'branding.darkFavicon',
] as const;

type Translate = ReturnType<typeof experiencePhrases.use>;

export function problemsOf(values: Values, t: Translate): Record<string, string | undefined> {
  const { color, branding, termsOfUseUrl, privacyPolicyUrl } = values;
  const link = (text: string) => (text === '' || isWebUrl(text) ? undefined : t('wrong.link'));
  const image = (text: string) => (text.startsWith('data:image/') ? undefined : link(text));
  const hex = (text: string) => (isColor(text) ? undefined : t('wrong.color'));
  return {
    'color.primaryColor': hex(color.primaryColor),
    'color.darkPrimaryColor': hex(color.darkPrimaryColor),
    'branding.logoUrl': image(branding.logoUrl),
    'branding.darkLogoUrl': image(branding.darkLogoUrl),
    'branding.favicon': image(branding.favicon),
    'branding.darkFavicon': image(branding.darkFavicon),
    termsOfUseUrl: link(termsOfUseUrl),
    privacyPolicyUrl: link(privacyPolicyUrl),
  };
}

/** `#rrggbb` or `#rgb`. */
export const isColor = (text: string): boolean => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text);

const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
