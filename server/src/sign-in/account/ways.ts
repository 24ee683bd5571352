/** The ways in which a user can sign in: the last one is not removed. */
import type { MfaVerification, SsoIdentity } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Transaction } from '../../store/index.ts';
import { signInFactors } from '../machine/factors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { SignInSettings } from '../needs.ts';
import type { AccountContext } from './context.ts';

/** What a change takes away. */
type Removed = Partial<Pick<User, 'username' | 'primaryEmail' | 'primaryPhone'>>;

/**
 * Refuses a change that would leave the user without a way to sign in, or without what a sign-up requires.
 * @throws AldabaError `account_center.identifier_required`
 */
export async function requireOtherWay(
  { mfaVerifications, ssoIdentities }: Pick<AccountContext, 'mfaVerifications' | 'ssoIdentities'>,
  tx: Transaction,
  { user, settings, removed = {} }: { user: User; settings: SignInSettings; removed?: Removed },
): Promise<void> {
  const { identifiers } = settings.signUp;
  const isRequired =
    identifiers.length === 1 &&
    ((identifiers[0] === 'email' && removed.primaryEmail === null) ||
      (identifiers[0] === 'phone' && removed.primaryPhone === null));
  const rest = { ...user, ...removed };
  const hasWay =
    hasIdentity(rest, settings, await ssoIdentities.list(tx, user.id)) ||
    hasIdentifier(rest, settings) ||
    hasPasskey(settings, await mfaVerifications.list(tx, user.id));
  if (isRequired || !hasWay) throw new AldabaError('account_center.identifier_required');
}

/** At a social provider, or at a company whose provider signs users in. */
const hasIdentity = (
  { identities }: User,
  { ssoConnectors = [] }: SignInSettings,
  ofCompanies: readonly SsoIdentity[],
) =>
  Object.keys(identities).length > 0 ||
  ofCompanies.some(({ ssoConnectorId }) => ssoConnectors.some(({ id }) => id === ssoConnectorId));

/** With which the tenant allows to sign in. */
function hasIdentifier(user: User, { signIn }: SignInSettings): boolean {
  const values = { username: user.username, email: user.primaryEmail, phone: user.primaryPhone };
  return signIn.methods.some(
    ({ identifier, password, verificationCode }) =>
      values[identifier] !== null &&
      ((password && user.hasPassword) || (verificationCode && identifier !== 'username')),
  );
}

const hasPasskey = (settings: SignInSettings, factors: readonly MfaVerification[]): boolean =>
  resolvePolicy(settings).passkeySignIn && factors.some(({ type }) => signInFactors.includes(type));
