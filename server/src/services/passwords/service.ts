import type { PasswordIssue } from '@aldaba/contract';
import { hash, verify } from '@node-rs/argon2';
import { createLimiter, type LimiterOptions } from '../../kernel/limiter.ts';
import { normalizePassword } from '../../kernel/text.ts';
import type { PasswordDigest } from './digest.ts';
import { matchesForeign } from './foreign/index.ts';
import { readArgon2 } from './foreign/phc.ts';
import { type PasswordPolicy, type PasswordUserInfo, passwordIssues } from './rules.ts';

/** Hashes and verifies passwords off the main thread, one at a time per core, and checks new ones against a policy. */
export interface Passwords {
  /** @throws AldabaError `request.overloaded` if the queue is full. */
  hash: (password: string) => Promise<PasswordDigest>;
  /**
   * Whether the password matches. A missing digest (unknown user, user without a password) and a wrong password take
   * the same time. `outdated`: it matches, and the digest should be replaced by a new `hash`.
   * @throws AldabaError `request.overloaded` if the queue is full.
   */
  verify: (password: string, digest: PasswordDigest | undefined) => Promise<{ matches: boolean; outdated: boolean }>;
  /**
   * All violations of a tenant's policy; see `passwordIssues`. May ask another service about breached passwords, so
   * call it outside of transactions.
   */
  issues: (policy: PasswordPolicy, password: string, userInfo?: PasswordUserInfo) => Promise<PasswordIssue[]>;
}

export interface PasswordsOptions extends LimiterOptions {
  /** Whether a password is in a list of breached ones; none is unless given. */
  isBreached?: (password: string) => Promise<boolean>;
}

/** OWASP's second recommended set for Argon2id: 19 MiB, 2 passes, 1 lane. Algorithm 2 is Argon2id (RFC 9106). */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The digest of a discarded random password: verified if the user has none. */
const dummyDigest = '$argon2id$v=19$m=19456,t=2,p=1$NMI+R3k/zMaY2HaN1HXBnw$hdEnHNMX2gBtZlSxLgkvxzHCIgOfrCC4P9aFU5jaabU';

export function createPasswords({ isBreached, ...options }: PasswordsOptions): Passwords {
  const limiter = createLimiter(options);

  const fits = async (password: string, stored: PasswordDigest | undefined): Promise<boolean> => {
    if (stored && (await matchesForeign(password, stored))) return true;
    // Fast and missing digests would respond sooner than Argon2 and so reveal which users exist; a match spends the
    // time on its new hash.
    if (!stored?.algorithm.startsWith('Argon2')) await verify(dummyDigest, password);
    return false;
  };
  const check = async (password: string, stored: PasswordDigest | undefined) => {
    const normal = normalizePassword(password);
    if (await fits(normal, stored)) return { matches: true, outdated: !isCurrent(stored) };
    // Foreign digests, and those from before normalization, are of the password as typed.
    const matches = normal !== password && (await fits(password, stored));
    return { matches, outdated: matches };
  };

  return {
    hash: (password) =>
      limiter.run(async () => ({
        digest: await hash(normalizePassword(password), parameters),
        algorithm: 'Argon2id' as const,
      })),
    verify: (password, stored) => limiter.run(() => check(password, stored)),
    issues: (policy, password, userInfo) => passwordIssues(policy, password, userInfo, isBreached),
  };
}

/** Whether a digest has the current parameters of `hash`. */
function isCurrent(stored: PasswordDigest | undefined): boolean {
  const argon2 = stored?.algorithm === 'Argon2id' ? readArgon2(stored.digest) : undefined;
  return (
    argon2?.variant === 'argon2id' &&
    argon2.version === 19 &&
    argon2.memory >= parameters.memoryCost &&
    argon2.passes >= parameters.timeCost &&
    argon2.lanes === parameters.parallelism
  );
}
