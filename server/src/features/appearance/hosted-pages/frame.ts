import type { PageFrame, PageLanguage, SignInExperienceSettings } from '@aldaba/contract';
import { defaultTenantName } from '../../../tenancy/address.ts';
import type { Tenant } from '../../../tenancy/service.ts';

/** The parts of the sign-in experience that every page shows. */
export type FrameSettings = Pick<
  SignInExperienceSettings,
  | 'branding'
  | 'color'
  | 'hideLogtoBranding'
  | 'termsOfUseUrl'
  | 'privacyPolicyUrl'
  | 'supportEmail'
  | 'supportWebsiteUrl'
>;

/** What surrounds a view: names, colours and links of the tenant. Members that were emptied count as not set. */
export function createFrame(input: {
  tenant: Tenant;
  settings: FrameSettings;
  language: PageLanguage;
  /** Name of the application that asks, where one does. */
  applicationName: string | undefined;
  customCssPath: string | undefined;
  /** Handle of the interaction that the page belongs to, where there is one. */
  interaction: string | undefined;
  sandboxBridge: 'ios' | 'android' | undefined;
}): PageFrame {
  const { tenant, settings, sandboxBridge } = input;
  const { branding, color } = settings;
  return {
    basePath: tenant.basePath,
    language: input.language,
    branding: {
      name: input.applicationName || nameOf(tenant),
      ...given({
        logoUrl: branding.logoUrl,
        darkLogoUrl: branding.darkLogoUrl,
        favicon: branding.favicon,
        darkFavicon: branding.darkFavicon,
      }),
      primaryColor: color.primaryColor,
      darkPrimaryColor: color.darkPrimaryColor,
      isDarkModeEnabled: color.isDarkModeEnabled,
      hideAldabaBranding: settings.hideLogtoBranding,
    },
    ...given({
      termsOfUseUrl: settings.termsOfUseUrl,
      privacyPolicyUrl: settings.privacyPolicyUrl,
      supportEmail: settings.supportEmail,
      supportWebsiteUrl: settings.supportWebsiteUrl,
      customCssPath: input.customCssPath,
      interaction: input.interaction,
    }),
    ...(sandboxBridge ? { sandboxBridge } : {}),
  };
}

/** People do not know who made the server. Until the default tenant has a name of its own they see the address that they are at. */
const nameOf = ({ name, baseUrl }: Tenant): string => (name === defaultTenantName ? new URL(baseUrl).host : name);

const given = <Name extends string>(values: Record<Name, string | null | undefined>): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as Partial<Record<Name, string>>;
