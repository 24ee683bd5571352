/** What is wrong with the text of an input before anything is sent. */
import { signInExperienceSettingsSchema } from '@aldaba/contract/routes';
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
  'customUiCsp.scriptSrc',
  'customUiCsp.connectSrc',
] as const;

const { scriptSrc } = signInExperienceSettingsSchema.shape.customUiCsp.unwrap().shape;

/** Whether a text is a source of a Content-Security-Policy, such as an origin. */
export const isSource = (text: string): boolean => scriptSrc.safeParse([text]).success;

const isEmail = (text: string): boolean => signInExperienceSettingsSchema.shape.supportEmail.safeParse(text).success;

export function problemsOf(
  { color, branding, customUiCsp, ...values }: Values,
  t: BrandProblems,
  wrongSource: string,
): Record<string, string | undefined> {
  const { link, image, hex } = brandProblems(t);
  const sources = (all: readonly string[]) =>
    all.every((source) => source.trim() === '' || isSource(source)) ? undefined : wrongSource;
  return {
    'color.primaryColor': hex(color.primaryColor),
    'color.darkPrimaryColor': hex(color.darkPrimaryColor),
    'branding.logoUrl': image(branding.logoUrl),
    'branding.darkLogoUrl': image(branding.darkLogoUrl),
    'branding.favicon': image(branding.favicon),
    'branding.darkFavicon': image(branding.darkFavicon),
    'customUiCsp.scriptSrc': sources(customUiCsp.scriptSrc),
    'customUiCsp.connectSrc': sources(customUiCsp.connectSrc),
    termsOfUseUrl: link(values.termsOfUseUrl),
    privacyPolicyUrl: link(values.privacyPolicyUrl),
    supportEmail: values.supportEmail === '' || isEmail(values.supportEmail) ? undefined : t('wrong.email'),
    supportWebsiteUrl: link(values.supportWebsiteUrl),
    unknownSessionRedirectUrl: link(values.unknownSessionRedirectUrl),
  };
}
