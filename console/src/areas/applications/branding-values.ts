/** The values of the branding form: fields by the last part of the API's path, empty where the tenant decides. */
import type { ApplicationExperience } from '@aldaba/contract/routes';

export type Look = Omit<ApplicationExperience, 'tenantId' | 'applicationId'>;

export const unsetLook: Look = {
  color: {},
  branding: {},
  customCss: null,
  displayName: null,
  termsOfUseUrl: null,
  privacyPolicyUrl: null,
};

export interface BrandingValues extends Record<string, unknown> {
  displayName: string;
  logoUrl: string;
  darkLogoUrl: string;
  favicon: string;
  darkFavicon: string;
  primaryColor: string;
  darkPrimaryColor: string;
  darkMode: 'tenant' | 'on' | 'off';
  termsOfUseUrl: string;
  privacyPolicyUrl: string;
  customCss: string;
}

const modeOf = (isDark: boolean | undefined) => (isDark === undefined ? 'tenant' : isDark ? 'on' : 'off');

export const valuesOf = ({ color, branding, ...look }: Look): BrandingValues => ({
  displayName: look.displayName ?? '',
  logoUrl: branding.logoUrl ?? '',
  darkLogoUrl: branding.darkLogoUrl ?? '',
  favicon: branding.favicon ?? '',
  darkFavicon: branding.darkFavicon ?? '',
  primaryColor: color.primaryColor ?? '',
  darkPrimaryColor: color.darkPrimaryColor ?? '',
  darkMode: modeOf(color.isDarkModeEnabled),
  termsOfUseUrl: look.termsOfUseUrl ?? '',
  privacyPolicyUrl: look.privacyPolicyUrl ?? '',
  customCss: look.customCss ?? '',
});

/** The members that are filled in; the others are left to the tenant. */
const filled = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

/** What the API takes: `branding` and `color` are replaced whole. */
export function lookOf(values: BrandingValues): Look {
  const { logoUrl, darkLogoUrl, favicon, darkFavicon, primaryColor, darkPrimaryColor, darkMode } = values;
  return {
    displayName: values.displayName.trim() || null,
    branding: filled({ logoUrl, darkLogoUrl, favicon, darkFavicon }),
    color: {
      ...filled({ primaryColor, darkPrimaryColor }),
      ...(darkMode !== 'tenant' && { isDarkModeEnabled: darkMode === 'on' }),
    },
    termsOfUseUrl: values.termsOfUseUrl || null,
    privacyPolicyUrl: values.privacyPolicyUrl || null,
    customCss: values.customCss || null,
  };
}
