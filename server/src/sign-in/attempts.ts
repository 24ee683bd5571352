/**
 * The one place that limits attempts. Every path that checks a user's secret (pages, Experience API, and any later one)
 * passes its check to `limited`; no other code verifies a password.
 */
import type { SignInExperienceSettings } from '@aldaba/contract';
import { relativeTime } from '@aldaba/pages';
import type { Clock } from '../kernel/clock.ts';
import { hashToken } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Events } from '../kernel/events.ts';
import { normalizeIdentifier } from '../kernel/identifiers.ts';
import type { Queries, Transaction } from '../store/index.ts';
import type { Identifier } from './needs.ts';
import { clearAttempts, countAttempt, uncountAttempt, attemptWindow as window } from './store.ts';

/** `sentinelPolicy` of the sign-in experience. */
interface AttemptPolicy {
  maxAttempts?: number | undefined;
  /** Minutes. */
  lockoutDuration?: number | undefined;
}

export interface Attempts {
  /**
   * Runs `check` if the identifier may still try. A check that returns undefined has failed and counts; one that throws
   * was not judged and does not. `account`: the owner of the identifier, if any; its attempts are counted.
   * `identifier` is what `attemptName` makes of it.
   * @throws AldabaError `session.verification_blocked_too_many_attempts`, the same for identifiers that exist and that
   * do not.
   */
  limited: <T>(
    q: Queries,
    subject: { identifier: string; account?: { id: string } | undefined; policy: AttemptPolicy },
    check: () => Promise<T | undefined>,
  ) => Promise<T | undefined>;
}

const defaults = { maxAttempts: 100, lockoutDuration: 60 };

/**
 * The name under which attempts are counted: an identifier's type, a space, and its value. Usernames that differ in
 * case are two users when case matters, so that signing in as one does not reset the other's count.
 */
export const attemptName = (
  { usernamePolicy }: Pick<SignInExperienceSettings, 'usernamePolicy'>,
  { type, value }: Pick<Identifier, 'type' | 'value'>,
): string => {
  const { value: normal } = normalizeIdentifier({ type, value });
  return `${type} ${type === 'username' && usernamePolicy.caseSensitive ? normal : normal.toLowerCase()}`;
};

/**
 * The name under which attempts on an account are counted, whichever of its identifiers was typed: a username that is
 * locked is not open by email. Names that no account has are counted by themselves (`attemptName`), so both lock alike.
 */
export const accountAttemptName = (userId: string): string => `account ${userId}`;

/** Counts the attempts at all second factors of a user together. */
export const secondAttemptName = (userId: string): string => `mfa ${userId}`;

/**
 * Counts the attempts at a passkey that signs in by itself, so that no attempt locks the other ways of its owner; those
 * who only know an identifier could do that.
 */
export const passkeyAttemptName = (credentialId: string): string => `passkey ${credentialId}`;

/** Counts guesses at the current password when a new one is chosen: `user.same_password` would confirm a guess. */
export const replacingAttemptName = (userId: string): string => `new-password ${userId}`;

/** The key of such a name in the table. */
export const attemptTarget = (identifier: string): string => hashToken(`attempt ${identifier}`);

export function createAttempts(deps: { clock: Clock; events: Events<Transaction> }): Attempts {
  return {
    async limited(q, { identifier, account, policy }, check) {
      const now = deps.clock.now();
      const maximum = policy.maxAttempts ?? defaults.maxAttempts;
      const lockout = (policy.lockoutDuration ?? defaults.lockoutDuration) * 60_000;
      const target = attemptTarget(account ? accountAttemptName(account.id) : identifier);
      const { failures, lockedUntil } = await countAttempt(q, target, { now, maximum, window, lockout });
      if (failures > maximum) throw blocked(((lockedUntil?.getTime() ?? now + lockout) - now) / 1000);
      let result: Awaited<ReturnType<typeof check>>;
      try {
        result = await check();
      } catch (error) {
        await uncountAttempt(q, target, maximum);
        throw error;
      }
      if (result !== undefined) await clearAttempts(q, target);
      // This failure was the last that is judged: the lock has just begun.
      else if (failures === maximum) await tellLockout(deps.events, q, identifier);
      return result;
    },
  };
}

async function tellLockout(events: Events<Transaction>, q: Queries, identifier: string): Promise<void> {
  const at = identifier.indexOf(' ');
  const data = {
    type: identifier.slice(0, at),
    value: identifier
      .slice(at + 1)
      .toWellFormed()
      .replaceAll('\0', ''),
  };
  await q.transaction((tx) => events.publish(tx, 'Identifier.Lockout', { data }));
}

const blocked = (seconds: number) =>
  new AldabaError('session.verification_blocked_too_many_attempts', {
    relativeTime: relativeTime('en', seconds),
    seconds: Math.ceil(seconds),
  });
