/**
 * SAML 2.0: messages of both sides, without routes and tables.
 *
 * `response.ts` verifies the answers of identity providers and `issued-response.ts` writes our own; `authn-request.ts`,
 * `logout.ts`, `metadata.ts` and `own-metadata.ts` have the other messages, `bindings.ts` their two ways through a
 * browser. Everything that arrives is parsed by `xml.ts`, and every signature is verified by `signatures.ts`, which
 * returns the element parsed from the signed bytes (decision 0018). A refused message is a `SamlRefusal` with a stable
 * reason.
 *
 * Features own what outlives a message: requests that were sent, assertions that were used, sessions and keys. They
 * pass the time and IDs in.
 */
export { answeringContext, needOf, type RequestedContext } from './authn-contexts.ts';
export {
  boundedRelayState,
  createAuthnRequest,
  type OutgoingMessage,
  type ReadAuthnRequest,
  readAuthnRequest,
} from './authn-request.ts';
export { encodePost, type IncomingMessage, type PostForm } from './bindings.ts';
export {
  certificateFingerprint,
  expiryOf,
  expiryStage,
  hasUsableKey,
  normalizeCertificate,
} from './certificates.ts';
export { createFailure, createResponse } from './issued-response.ts';
export { createSamlKeyPair, type SamlKeyPair } from './key-pairs.ts';
export { createLogoutRequest, createLogoutResponse, verifyLogoutRequest, verifyLogoutResponse } from './logout.ts';
export {
  type IdentityProviderMetadata,
  readIdentityProviderMetadata,
  SamlMetadataError,
} from './metadata.ts';
export { bindings, nameIdFormats, soapBinding, statuses } from './names.ts';
export { identityProviderMetadata, serviceProviderMetadata } from './own-metadata.ts';
export { SamlRefusal, type SamlRefusalReason } from './refusal.ts';
export { type ExpectedResponse, type VerifiedResponse, verifyResponse } from './response.ts';
export type { SigningKey } from './signatures.ts';
export { createSoapLogoutRequest, verifySoapLogoutResponse } from './soap.ts';
