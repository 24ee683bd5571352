/**
 * Personal access tokens: long-lived values that a user's programs exchange for access tokens.
 *
 * Owns the table personal_access_tokens and the routes below `/api/users/:userId/personal-access-tokens`. Does not own
 * the exchange (oidc) or users. The protocol enters through `findHolder`, the Management API through `routes.ts`.
 */
export { createPersonalAccessTokens, type PersonalAccessTokens, type TokenHolder } from './service.ts';
export { deleteAllTokens } from './store.ts';
