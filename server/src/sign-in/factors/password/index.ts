/**
 * The password factor: does the I/O of identifiers and passwords and returns facts for the machine. It checks a
 * password only through `attempts.ts`, and answers alike, in code and in time, whether the account exists or not.
 */
import type { SignInExperienceSettings } from '@aldaba/contract';
import type { PasswordDigest, User } from '../../../features/people/users/index.ts';
import { chosenUsername } from '../../../features/people/users/username-rules.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { PasswordUserInfo } from '../../../services/passwords/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { type Attempts, accountAttemptName, attemptName, replacingAttemptName } from '../../attempts.ts';
import { resolvePolicy } from '../../machine/policy.ts';
import type { PendingProfile, Proof } from '../../machine/state.ts';
import type { Identifier, SignInNeeds } from '../../needs.ts';

type Needs = Pick<SignInNeeds, 'users' | 'passwords' | 'vault' | 'clock'> & { attempts: Attempts };

export interface PasswordFactor {
  /**
   * Checks a password.
   * @throws AldabaError `session.invalid_credentials` for unknown accounts and wrong passwords, `user.suspended` only
   * after
   *   the right password, `session.verification_blocked_too_many_attempts`, `user.sign_in_method_not_enabled`.
   */
  prove: (
    tenant: Tenant,
    settings: SignInExperienceSettings,
    given: { identifier: Identifier; password: string },
  ) => Promise<ProvedPassword>;
  /**
   * Checks the password of a user who is known already.
   * @throws AldabaError `session.invalid_credentials`, also for a user without a password,
   *   `session.verification_blocked_too_many_attempts`
   */
  proveOwner: (
    tenant: Tenant,
    settings: SignInExperienceSettings,
    given: { user: User; password: string },
  ) => Promise<void>;
  /**
   * A username and a password for an account that is to be created. @throws as `chooseUsername` and `choosePassword`.
   */
  chooseIdentity: (
    tenant: Tenant,
    settings: SignInExperienceSettings,
    given: { username: string; password: string },
  ) => Promise<Proof>;
  /** @throws AldabaError `user.username_rejected`, `user.username_uppercase_not_allowed`: `data.issues` says why. */
  chooseUsername: (
    tenant: Tenant,
    settings: SignInExperienceSettings,
    username: string,
  ) => Promise<{ value: string; taken: boolean }>;
  /**
   * Checks and hashes a new password; returns it sealed.
   * @param given `profile`, `user`: what is known of its owner; `account`: whose password it replaces
   * @throws AldabaError `password.rejected` (data.issues), `user.same_password`,
   * `session.verification_blocked_too_many_attempts`
   */
  choosePassword: (
    tenant: Tenant,
    settings: SignInExperienceSettings,
    given: { password: string; profile: PendingProfile; user?: User | undefined; account?: { id: string } | undefined },
  ) => Promise<string>;
  /** Opens what `choosePassword` sealed. */
  open: (tenant: Tenant, sealed: string) => PasswordDigest;
}

interface ProvedPassword {
  proof: Extract<Proof, { type: 'Password' }>;
  user: User;
  /** Sealed digest that replaces an outdated one. */
  renewedPassword?: string;
}

export function createPasswordFactor(needs: Needs): PasswordFactor {
  const { users, passwords, vault, clock, attempts } = needs;
  const context = (tenant: Tenant) => `${tenant.id}/sign-in/password`;
  const seal = (tenant: Tenant, digest: PasswordDigest) => vault.seal(JSON.stringify(digest), context(tenant));

  const chooseUsername: PasswordFactor['chooseUsername'] = async (tenant, settings, username) => {
    const value = chosenUsername(settings.usernamePolicy, username);
    return { value, taken: (await users.findByIdentifier(tenant.db, asUsername(settings, value))) !== undefined };
  };
  const choosePassword: PasswordFactor['choosePassword'] = async (tenant, settings, given) => {
    const { password, profile, user, account } = given;
    const issues = await passwords.issues(settings.passwordPolicy, password, knownOf(profile, user));
    if (issues.length > 0) throw new AldabaError('password.rejected', { issues });
    const old = account && (await users.findPassword(tenant.db, account.id));
    if (old && account) {
      // `user.same_password` confirms a guess at the old password, so an attacker with the mailbox is limited.
      const subject = { identifier: replacingAttemptName(account.id), policy: settings.sentinelPolicy };
      const isOld = async () => (await passwords.verify(password, old)).matches || undefined;
      if (await attempts.limited(tenant.db, subject, isOld)) throw new AldabaError('user.same_password');
    }
    return seal(tenant, await passwords.hash(password));
  };

  return {
    async prove(tenant, settings, { identifier, password }) {
      const { passwordIdentifiers } = resolvePolicy(settings);
      if (!passwordIdentifiers.includes(identifier.type)) throw new AldabaError('user.sign_in_method_not_enabled');
      const found = await users.findWithPassword(
        tenant.db,
        identifier.type === 'username' ? asUsername(settings, identifier.value) : identifier,
      );
      const subject = {
        identifier: attemptName(settings, identifier),
        account: found?.user,
        policy: settings.sentinelPolicy,
      };
      const matched = await attempts.limited(tenant.db, subject, async () => {
        const { matches, outdated } = await passwords.verify(password, found?.password);
        if (!found?.password || !matches) return undefined;
        return {
          user: found.user,
          digest: found.password,
          outdated,
          expired: isExpired(settings.passwordExpiration, found.password, clock.now()),
        };
      });
      if (!matched) throw new AldabaError('session.invalid_credentials');
      const { user } = matched;
      if (user.isSuspended) throw new AldabaError('user.suspended');
      // An expired password is about to be replaced; storing a new digest would restart its age.
      const renewed = matched.outdated && !matched.expired ? await passwords.hash(password) : undefined;
      return {
        proof: {
          id: standardId(),
          type: 'Password',
          createdAt: clock.now(),
          used: false,
          identifier,
          userId: user.id,
          passwordHash: hashToken((renewed ?? matched.digest).digest),
          ...(matched.expired ? { expired: true as const } : {}),
        },
        user,
        ...(renewed ? { renewedPassword: seal(tenant, renewed) } : {}),
      };
    },
    async proveOwner(tenant, settings, { user, password }) {
      const digest = await users.findPassword(tenant.db, user.id);
      const subject = { identifier: accountAttemptName(user.id), account: user, policy: settings.sentinelPolicy };
      const isRight = async () => (await passwords.verify(password, digest)).matches || undefined;
      if (!(await attempts.limited(tenant.db, subject, isRight))) throw new AldabaError('session.invalid_credentials');
    },
    async chooseIdentity(tenant, settings, { username, password }) {
      const { registerWithUsername } = resolvePolicy(settings);
      if (!registerWithUsername) throw new AldabaError('user.sign_up_method_not_enabled');
      const { value, taken } = await chooseUsername(tenant, settings, username);
      if (taken) throw new AldabaError('user.username_already_in_use');
      const sealed = await choosePassword(tenant, settings, { password, profile: { username: value } });
      return {
        id: standardId(),
        type: 'NewPasswordIdentity',
        createdAt: clock.now(),
        used: false,
        identifier: { type: 'username', value },
        password: sealed,
      };
    },
    chooseUsername,
    choosePassword,
    open: (tenant, sealed) => JSON.parse(vault.open(sealed, context(tenant))) as PasswordDigest,
  };
}

/** Operators may have stored uppercase usernames, so the lookup ignores case. */
const asUsername = ({ usernamePolicy }: SignInExperienceSettings, value: string): Identifier => ({
  type: 'username',
  value,
  ignoresCase: !usernamePolicy.caseSensitive,
});

const day = 86_400_000;

/**
 * Whether the password expired: by an operator, or by age, counted at the earliest from when expiration was switched
 * on.
 */
function isExpired(
  { enabled, validPeriodDays, enabledAt = 0 }: SignInExperienceSettings['passwordExpiration'],
  password: { updatedAt: Date; isExpired: boolean },
  now: number,
): boolean {
  if (password.isExpired) return true;
  if (!enabled || validPeriodDays === undefined) return false;
  return Math.max(password.updatedAt.getTime(), enabledAt) + validPeriodDays * day <= now;
}

/** Details that a new password must not contain: those of this sign-in, else of the account. */
const knownOf = (profile: PendingProfile, user: User | undefined): PasswordUserInfo => ({
  username: profile.username ?? user?.username ?? null,
  email: profile.email ?? user?.primaryEmail ?? null,
  phone: profile.phone ?? user?.primaryPhone ?? null,
  name: profile.name ?? user?.name ?? null,
});
