/**
 * Passwords: hashing, verification and policy. Pure computation, without tables or routes; digests are stored in the
 * users' rows, and sign-in limits attempts.
 *
 * `service.ts` hashes with Argon2id behind the bounded queue of `gate.ts`, so that a burst of sign-ins gets 503 instead
 * of exhausting the machine; `foreign/` verifies the digests of other products, which are replaced at the first
 * sign-in; `rules.ts` is the tenant's password policy.
 */
export type { PasswordDigest } from './digest.ts';
export { assertUsableDigest } from './foreign/index.ts';
export { type PasswordPolicy, type PasswordUserInfo, passwordIssues } from './rules.ts';
export { createPasswords, type Passwords } from './service.ts';
