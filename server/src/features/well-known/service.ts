import type { SignInExperience } from '@aldaba/contract';
import type { Tenant } from '../../tenancy/index.ts';

export interface WellKnownNeeds {
  signInExperiences: { get(tenant: Tenant): Promise<SignInExperience> };
  connectors: {
    social(tenant: Tenant): Promise<readonly object[]>;
    list(tenant: Tenant): Promise<readonly { type: 'Email' | 'Sms' | 'Social' }[]>;
  };
  sandbox: { isEnabled(tenant: Tenant): Promise<boolean> };
}

export interface WellKnown {
  /** What a sign-in page needs, for everybody to read: settings that only operators should know are left out. */
  experience(tenant: Tenant): Promise<object>;
}

export function createWellKnown({ signInExperiences, connectors, sandbox }: WellKnownNeeds): WellKnown {
  return {
    experience: async (tenant) => {
      const [settings, socialConnectors, configured, isDevelopmentTenant] = await Promise.all([
        signInExperiences.get(tenant),
        connectors.social(tenant),
        connectors.list(tenant),
        sandbox.isEnabled(tenant),
      ]);
      const { emailBlocklistPolicy: _blocklist, forgotPasswordMethods: methods, ...shown } = settings;
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
        customProfileFields: [],
      };
    },
  };
}
