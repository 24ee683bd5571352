import type { ProfileField, SignInExperienceSettings } from '@aldaba/contract';
import { fieldsAsked } from '../features/appearance/custom-profile-fields/asked.ts';
import type { Tenant } from '../tenancy/index.ts';
import { unavailableFactors } from './factors/second-factors.ts';
import type { SignInSettings } from './needs.ts';

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
