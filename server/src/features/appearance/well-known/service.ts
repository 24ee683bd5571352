import type {
  OneTap,
  ProfileField,
  PublicSignInExperience,
  PublicSocialConnector,
  PublicSsoConnector,
  SignInExperience,
} from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/service.ts';
import type { ApplicationExperiences } from '../../applications/application-experiences/index.ts';
import { applyBranding } from '../../applications/application-experiences/look.ts';
import type { OfferedSso, SsoConnectors } from '../../enterprise/sso-connectors/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import type { CaptchaProviders } from '../captcha-provider/index.ts';
import { fieldsAsked } from '../custom-profile-fields/asked.ts';

export interface WellKnownNeeds {
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
  applicationExperiences: Pick<ApplicationExperiences, 'lookOf'>;
  connectors: {
    social: (tenant: Tenant) => Promise<PublicSocialConnector[]>;
    oneTap: (tenant: Tenant) => Promise<OneTap | undefined>;
    available: (tenant: Tenant) => Promise<readonly { type: 'Email' | 'Sms' | 'Social' }[]>;
  };
  ssoConnectors: Pick<SsoConnectors, 'published'>;
  organizations: Pick<Organizations, 'find'>;
  captchaProviders: Pick<CaptchaProviders, 'publicConfig'>;
  profileFields: { list: (tenant: Tenant) => Promise<readonly ProfileField[]> };
  sandbox: { isEnabled: (tenant: Tenant) => Promise<boolean> };
  tenancy: Pick<Tenancy, 'get'>;
}

export interface WellKnown {
  /**
   * Settings for a sign-in page, with the branding of the application and, over it, of the organization; private
   * settings are left out.
   */
  experience: (
    tenant: Tenant,
    shown: { appId?: string | undefined; organizationId?: string | undefined },
  ) => Promise<PublicSignInExperience>;
  /**
   * The sign-in address of a tenant's users; the admin tenant returns it to administrators of other tenants.
   * @throws AldabaError `request.not_found` on other tenants, `tenant.not_found`
   */
  endpoint: (tenant: Tenant, tenantId: string) => Promise<{ user: string }>;
}

/** Without the domains: a list of the tenant's customers. */
const publicly = ({ domains: _, requiresMfa: __, ...shown }: OfferedSso): PublicSsoConnector => shown;

export function createWellKnown({
  signInExperiences,
  applicationExperiences,
  connectors,
  ssoConnectors,
  organizations,
  profileFields,
  captchaProviders,
  sandbox,
  tenancy,
}: WellKnownNeeds): WellKnown {
  return {
    experience: async (tenant, { appId, organizationId }) => {
      const [own, organization, socialConnectors, googleOneTap, available, isDevelopmentTenant, catalog] =
        await Promise.all([
          signInExperiences.get(tenant),
          organizationId === undefined ? undefined : organizations.find(tenant.db, organizationId),
          connectors.social(tenant),
          connectors.oneTap(tenant),
          connectors.available(tenant),
          sandbox.isEnabled(tenant),
          profileFields.list(tenant),
        ]);
      const captchaConfig = own.captchaPolicy.enabled ? await captchaProviders.publicConfig(tenant) : undefined;
      const settings =
        appId === undefined ? own : applyBranding(own, await applicationExperiences.lookOf(tenant, appId));
      const {
        emailBlocklistPolicy: _blocklist,
        forgotPasswordMethods: methods,
        ...shown
      } = organization ? applyBranding(settings, organization) : settings;
      // Null means every method that can send a code; an empty list means none.
      const offers = (method: 'EmailVerificationCode' | 'PhoneVerificationCode', type: 'Email' | 'Sms') =>
        (methods === null || methods.includes(method)) && available.some((connector) => connector.type === type);
      return {
        ...shown,
        socialConnectors,
        ssoConnectors: own.singleSignOnEnabled ? (await ssoConnectors.published(tenant)).map(publicly) : [],
        forgotPassword: {
          email: offers('EmailVerificationCode', 'Email'),
          phone: offers('PhoneVerificationCode', 'Sms'),
        },
        isDevelopmentTenant,
        ...(captchaConfig ? { captchaConfig } : {}),
        ...(googleOneTap ? { googleOneTap } : {}),
        customProfileFields: [...fieldsAsked(catalog, own.signUpProfileFields)],
        customProfileFieldCatalog: [...catalog],
      };
    },
    endpoint: async (tenant, tenantId) => {
      if (tenant.id !== adminTenantId) throw new AldabaError('request.not_found');
      return { user: (await tenancy.get(tenantId)).baseUrl };
    },
  };
}
