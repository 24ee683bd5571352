/**
 * The connector kit: all that a connector may import.
 *
 * Owns the shape of a connector (metadata, form, configuration guard, methods), its errors, and the one way to call
 * a provider in time and without leaking secrets. Owns no network, clock, database or log: a connector gets those as
 * its `World`. `conformance.ts` holds the tests that every connector has to pass.
 */

export { z } from 'zod';
export { createBrandConnector } from './brand.ts';
export {
  clientAuthenticationMethods,
  makeJwt,
  type OAuthClient,
  secretJwtAlgorithms,
} from './client-authentication.ts';
export { aliyunRefusal, tencentRefusal } from './cloud-refusals.ts';
export { type Ask, createCodeConnector, usualAuthorization, usualRedemption } from './code-connector.ts';
export { readKey, withKey } from './config-path.ts';
export * from './connector.ts';
export * from './errors.ts';
export { fieldsOf } from './fields.ts';
export * from './generic-provider.ts';
export * from './http-endpoint.ts';
export * from './message-connector.ts';
export * from './message-templates.ts';
export * from './metadata.ts';
export * from './oauth.ts';
export type { ErrorForm } from './oauth-errors.ts';
export * from './oauth-form.ts';
export { type IdTokenRules, idTokenAlgorithms } from './oauth-id-token.ts';
export type { OAuthProvider, ProfileSource } from './oauth-provider.ts';
export type { OAuthEndpoints } from './oauth-server.ts';
export * from './oidc-form.ts';
export type { MappedProfile } from './profile.ts';
export * from './request.ts';
export { aliyunRequest, signForAws, tencentRequest } from './request-signatures.ts';
export { isRsaPrivateKey, signRsa } from './rsa.ts';
export * from './smtp.ts';
export { credentialsOf, secretsOfAuthentication, smtpAuthentication } from './smtp-authentication.ts';
export * from './text-connector.ts';
