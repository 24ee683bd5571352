import type { SignInExperienceSettings } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { Account } from '../machine/vocabulary.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';

export interface Accounts {
  /** The current facts about a user for the machine; second factors and risks only if the tenant uses them. */
  of(
    interaction: Pick<Interaction, 'tenant' | 'requiresSecondFactor'>,
    settings: SignInExperienceSettings,
    user: User,
  ): Promise<Account>;
}

export function createAccounts({
  secondFactors,
  adaptiveMfa,
}: Pick<SignInNeeds, 'secondFactors' | 'adaptiveMfa'>): Accounts {
  return {
    async of({ tenant, requiresSecondFactor }, settings, user) {
      const [status, risks] = await Promise.all([
        settings.mfa.factors.length > 0 ? secondFactors.statusOf(tenant.db, user.id) : undefined,
        settings.adaptiveMfa.enabled ? adaptiveMfa.assess(tenant, user) : [],
      ]);
      return { ...accountOf(user), ...(status ? { secondFactors: status } : {}), risks, requiresSecondFactor };
    },
  };
}

/** What the user is called where one name has to do, e.g. by an authenticator. */
export const nameOf = ({
  id,
  username,
  primaryEmail,
  primaryPhone,
  name,
}: Pick<User, 'id' | 'username' | 'primaryEmail' | 'primaryPhone' | 'name'>): string =>
  username ?? primaryEmail ?? primaryPhone ?? name ?? id;

/** For a new account, or one whose second factors are not needed. */
export const accountOf = (user: User): Account => ({
  id: user.id,
  isSuspended: user.isSuspended,
  username: user.username !== null,
  email: user.primaryEmail !== null,
  phone: user.primaryPhone !== null,
  password: user.hasPassword,
  social: Object.keys(user.identities).length > 0,
  targets: Object.keys(user.identities),
  addresses: [
    ...(user.primaryEmail === null ? [] : [normalizeIdentifier({ type: 'email' as const, value: user.primaryEmail })]),
    ...(user.primaryPhone === null ? [] : [normalizeIdentifier({ type: 'phone' as const, value: user.primaryPhone })]),
  ],
  risks: [],
  requiresSecondFactor: false,
});
