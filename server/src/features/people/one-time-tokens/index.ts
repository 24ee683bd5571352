/**
 * One-time tokens: single-use proof of an email address, for magic links.
 *
 * Owns the table one_time_tokens: looked up by hash, and sealed because the Management API shows tokens again. Does not
 * own what a token is used for (sign-in). Requests enter through `routes.ts`.
 */
export { createOneTimeTokens, type OneTimeTokens } from './service.ts';
