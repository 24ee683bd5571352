import type { ApplicationExperience, SignInExperienceSettings } from '@aldaba/contract';

/** The application's overrides; members that are not set are the tenant's. */
export type Look = Partial<Omit<ApplicationExperience, 'tenantId' | 'applicationId'>>;

type Brandable = Pick<
  SignInExperienceSettings,
  'branding' | 'color' | 'customCss' | 'termsOfUseUrl' | 'privacyPolicyUrl'
>;

/** The tenant's settings with an application's overrides; empty overrides keep the tenant's value. */
export const applyBranding = <Settings extends Brandable>(settings: Settings, look: Look): Settings => ({
  ...settings,
  branding: { ...settings.branding, ...filled(look.branding ?? {}) },
  color: { ...settings.color, ...filled(look.color ?? {}) },
  ...filled({
    customCss: look.customCss,
    termsOfUseUrl: look.termsOfUseUrl,
    privacyPolicyUrl: look.privacyPolicyUrl,
  }),
});

const filled = (values: object): object =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
