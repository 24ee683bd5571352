/**
 * The connector kit: all that a connector may import.
 *
 * Owns the shape of a connector (metadata, form, configuration guard, methods), its errors, and the one way to call
 * a provider in time and without leaking secrets. Owns no network, clock, database or log: a connector gets those as
 * its `World`. `conformance.ts` holds the tests that every connector has to pass.
 */

export { z } from 'zod';
export {
  clientAuthenticationMethods,
  makeJwt,
  type OAuthClient,
  secretJwtAlgorithms,
} from './client-authentication.ts';
export * from './connector.ts';
export * from './errors.ts';
export { fieldsOf } from './fields.ts';
export * from './generic-provider.ts';
export * from './metadata.ts';
export * from './oauth.ts';
export * from './oauth-form.ts';
export { type IdTokenRules, idTokenAlgorithms } from './oauth-id-token.ts';
export type { OAuthProvider, ProfileSource } from './oauth-provider.ts';
export type { OAuthEndpoints } from './oauth-server.ts';
export * from './oidc-form.ts';
export * from './request.ts';
