import type { LanguageChoice, PageFrame, PageLanguage, PagePreview, SignInExperienceSettings } from '@aldaba/contract';
import { defaultTenantName } from '../../../tenancy/address.ts';
import type { Tenant } from '../../../tenancy/service.ts';

/** The settings of the sign-in experience that every page shows. */
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

/** The frame around a view: the tenant's name, colors and links. Empty settings count as not set. */
export function createFrame(input: {
  tenant: Tenant;
  settings: FrameSettings;
  language: PageLanguage;
  /** The language of the operator's words, if it is another. */
  tag?: string | undefined;
  choice?: LanguageChoice | '' | undefined;
  /** Name of the requesting application, if any. */
  applicationName: string | undefined;
  customCssPath?: string | undefined;
  /** Handle of the page's interaction, if any. */
  interaction?: string | undefined;
  sandboxBridge?: 'ios' | 'android' | undefined;
  preview?: PagePreview;
}): PageFrame {
  const { tenant, settings, sandboxBridge, preview } = input;
  const { branding, color } = settings;
  return {
    basePath: tenant.basePath,
    language: input.language,
    ...(input.tag && input.tag !== input.language ? { tag: input.tag } : {}),
    ...(input.choice ? { choice: input.choice } : {}),
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
    ...(preview ? { preview } : {}),
  };
}

/** End users do not know the server's product name. Until the default tenant has a name, pages show the host name. */
const nameOf = ({ name, baseUrl }: Tenant): string => (name === defaultTenantName ? new URL(baseUrl).host : name);

const given = <Name extends string>(values: Record<Name, string | null | undefined>): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as Partial<Record<Name, string>>;
