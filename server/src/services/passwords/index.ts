/**
 * Passwords: hashing, verifying and judging them. Pure computation: no table and no route of its own; digests lie in the
 * users' rows, attempt limits with the sign-in.
 *
 * `service.ts` hashes with Argon2id behind the bounded queue of `gate.ts`, so that a rush of sign-ins answers 503 instead
 * of taking the machine; `foreign/` knows the digests of other products, which are replaced at the first sign-in;
 * `rules.ts` is the tenant's password policy.
 */
export type { PasswordDigest } from './digest.ts';
export { assertUsableDigest } from './foreign/index.ts';
export { type PasswordPolicy, type PasswordUserInfo, passwordIssues } from './rules.ts';
export { createPasswords, type Passwords } from './service.ts';
