/**
 * One-time tokens: proof of an email address that works once, for magic links.
 *
 * Owns the table one_time_tokens: found by hash, kept sealed because the Management API shows tokens again. Does not own what
 * a token leads to (sign-in). Requests enter at `routes.ts`.
 */
export { createOneTimeTokens, type OneTimeTokens } from './service.ts';
