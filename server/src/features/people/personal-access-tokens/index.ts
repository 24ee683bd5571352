/**
 * Personal access tokens: long-lived values with which a user's programs get access tokens (token exchange).
 *
 * Owns the table personal_access_tokens and the routes below `/api/users/:userId/personal-access-tokens`. Does not own what a
 * token is exchanged for (oidc), nor users. The protocol enters through `findHolder`, the Management API through `routes.ts`.
 */
export { createPersonalAccessTokens, type PersonalAccessTokens, type TokenHolder } from './service.ts';
