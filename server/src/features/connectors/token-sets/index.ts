/**
 * Token sets: the access and refresh tokens that social providers issue, where the operator has them stored.
 *
 * Owns the table secrets, how its values are encrypted (decision 0016), and the refresh of an expired access token.
 * Does not own how a connector gets or refreshes tokens (connectors). Tokens enter sealed: with the proof of a sign-in,
 * or a verification record of the Account API. They leave through `accessToken` alone, to the Account API. The
 * Management API describes and deletes them.
 */
export { createProviderTokens, type ProviderTokens } from './refresh.ts';
export { createTokenSets, type TokenSets } from './service.ts';
