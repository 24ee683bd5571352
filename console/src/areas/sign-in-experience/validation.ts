/** What is wrong with the text of an input before anything is sent. */
import { type BrandProblems, brandProblems } from '../../patterns/brand-problems.ts';
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

export function problemsOf(
  { color, branding, ...values }: Values,
  t: BrandProblems,
): Record<string, string | undefined> {
  const { link, image, hex } = brandProblems(t);
  return {
    'color.primaryColor': hex(color.primaryColor),
    'color.darkPrimaryColor': hex(color.darkPrimaryColor),
    'branding.logoUrl': image(branding.logoUrl),
    'branding.darkLogoUrl': image(branding.darkLogoUrl),
    'branding.favicon': image(branding.favicon),
    'branding.darkFavicon': image(branding.darkFavicon),
    termsOfUseUrl: link(values.termsOfUseUrl),
    privacyPolicyUrl: link(values.privacyPolicyUrl),
  };
}
