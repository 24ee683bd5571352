/** The ways in which a user can sign in: the last one is not removed. */
import type { MfaVerification } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { signInFactors } from '../machine/factors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { SignInSettings } from '../needs.ts';

/** What a change takes away. */
export type Removed = Partial<Pick<User, 'username' | 'primaryEmail' | 'primaryPhone'>>;

/**
 * Refuses a change that would leave the user without a way to sign in, or without what a sign-up requires.
 * @throws AldabaError `account_center.identifier_required`
 */
export function requireOtherWay(
  user: User,
  { settings, factors }: { settings: SignInSettings; factors: readonly MfaVerification[] },
  removed: Removed = {},
): void {
  const { identifiers } = settings.signUp;
  const isRequired =
    identifiers.length === 1 &&
    ((identifiers[0] === 'email' && removed.primaryEmail === null) ||
      (identifiers[0] === 'phone' && removed.primaryPhone === null));
  if (isRequired || !hasWay({ ...user, ...removed }, settings, factors))
    throw new AldabaError('account_center.identifier_required');
}

/** With an identifier, as the tenant allows, with a social account, or with a passkey. */
function hasWay(user: User, settings: SignInSettings, factors: readonly MfaVerification[]): boolean {
  const values = { username: user.username, email: user.primaryEmail, phone: user.primaryPhone };
  return (
    Object.keys(user.identities).length > 0 ||
    (resolvePolicy(settings).passkeySignIn && factors.some(({ type }) => signInFactors.includes(type))) ||
    settings.signIn.methods.some(
      ({ identifier, password, verificationCode }) =>
        values[identifier] !== null &&
        ((password && user.hasPassword) || (verificationCode && identifier !== 'username')),
    )
  );
}
