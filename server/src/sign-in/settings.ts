import type { ProfileField, SignInExperienceSettings } from '@aldaba/contract';
import { fieldsAsked } from '../features/appearance/custom-profile-fields/asked.ts';
import { emailBlockOf } from '../features/appearance/sign-in-experience/email-blocklist.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Tenant } from '../tenancy/index.ts';
import { unavailableFactors } from './factors/second-factors.ts';
import type { AssertNotBlocked, SignInNeeds, SignInSettings } from './needs.ts';

/** What a sign-in reads of a tenant's settings and custom profile fields. */
export const signInSettingsOf = (
  tenant: Pick<Tenant, 'baseUrl'>,
  own: SignInExperienceSettings,
  fields: readonly ProfileField[],
): SignInSettings => ({
  ...own,
  profileFields: fieldsAsked(fields, own.signUpProfileFields),
  unavailableFactors: unavailableFactors(tenant),
});

/** The tenant's rules, for a sign-in and for users who change their own account. */
export const createRules = ({
  signInExperiences,
  profileFields,
  accountCenters,
  ssoConnectors,
}: Pick<SignInNeeds, 'signInExperiences' | 'profileFields' | 'accountCenters' | 'ssoConnectors'>): {
  settings: (tenant: Tenant) => Promise<SignInSettings>;
  assertNotBlocked: AssertNotBlocked;
} => ({
  async settings(tenant) {
    const [own, fields, passkeyOrigins] = await Promise.all([
      signInExperiences.get(tenant),
      profileFields.list(tenant),
      accountCenters.passkeyOrigins(tenant),
    ]);
    const offered = own.singleSignOnEnabled ? await ssoConnectors.offered(tenant) : [];
    return { ...signInSettingsOf(tenant, own, fields), passkeyOrigins, ssoConnectors: offered };
  },
  async assertNotBlocked({ emailBlocklistPolicy }, { type, value }) {
    const block = type === 'email' ? await emailBlockOf(emailBlocklistPolicy, value) : undefined;
    if (block) throw new AldabaError(block);
  },
});
