import type { SignInExperience } from '@aldaba/contract';
import type { Tenant } from '../../tenancy/index.ts';
import { type ApplicationExperiences, dress } from '../application-experiences/index.ts';

export interface WellKnownNeeds {
  signInExperiences: { get(tenant: Tenant): Promise<SignInExperience> };
  applicationExperiences: Pick<ApplicationExperiences, 'lookOf'>;
  connectors: {
    social(tenant: Tenant): Promise<readonly object[]>;
    list(tenant: Tenant): Promise<readonly { type: 'Email' | 'Sms' | 'Social' }[]>;
  };
  profileFields: { list(tenant: Tenant): Promise<readonly object[]> };
  sandbox: { isEnabled(tenant: Tenant): Promise<boolean> };
}

export interface WellKnown {
  /** What a sign-in page needs, in the look of the application that asks; settings that only operators should know are left out. */
  experience(tenant: Tenant, appId?: string): Promise<object>;
}

export function createWellKnown({
  signInExperiences,
  applicationExperiences,
  connectors,
  profileFields,
  sandbox,
}: WellKnownNeeds): WellKnown {
  return {
    experience: async (tenant, appId) => {
      const [settings, socialConnectors, configured, isDevelopmentTenant, customProfileFields] = await Promise.all([
        signInExperiences.get(tenant),
        connectors.social(tenant),
        connectors.list(tenant),
        sandbox.isEnabled(tenant),
        profileFields.list(tenant),
      ]);
      const {
        emailBlocklistPolicy: _blocklist,
        forgotPasswordMethods: methods,
        ...shown
      } = appId === undefined ? settings : dress(settings, await applicationExperiences.lookOf(tenant, appId));
      // Null means "whatever can send a code"; an empty list means "not at all".
      const offers = (method: 'EmailVerificationCode' | 'PhoneVerificationCode', type: 'Email' | 'Sms') =>
        (methods === null || methods.includes(method)) && configured.some((connector) => connector.type === type);
      return {
        ...shown,
        socialConnectors,
        ssoConnectors: [],
        forgotPassword: {
          email: offers('EmailVerificationCode', 'Email'),
          phone: offers('PhoneVerificationCode', 'Sms'),
        },
        isDevelopmentTenant,
        customProfileFields,
      };
    },
  };
}
