/**
 * Enterprise providers that speak SAML 2.0. The request goes out by redirect, or by a form for providers that take
 * nothing else; the response comes to the assertion consumer service, is bound to its request, and counts once.
 */
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import {
  createAuthnRequest,
  createLogoutResponse,
  type IdentityProviderMetadata,
  nameIdFormats,
  SamlRefusal,
  type SigningKey,
  type VerifiedResponse,
  verifyLogoutRequest,
  verifyResponse,
} from '../../../services/saml/index.ts';
import type { SignedOut, SsoAnswer, SsoConnection } from './protocol.ts';
import type { SamlConfig } from './saml-config.ts';
import type { SamlSide } from './saml-side.ts';

export interface SamlSettings {
  own: SamlSide;
  /** Signs what is not a request to sign in. */
  key: SigningKey | undefined;
  provider: IdentityProviderMetadata;
  mapping: SamlConfig['attributeMapping'];
  /** Signs requests, where the operator or the provider wants that. */
  signing: SigningKey | undefined;
  /** Private keys for encrypted assertions, the current one first. */
  decryptionKeys: readonly string[];
  now: () => number;
  /** Notes an assertion; returns whether it is new. */
  useOnce: (assertionId: string, until: number) => Promise<boolean>;
  /** Tells the operator why a response was refused. */
  note: (fields: Record<string, unknown>, message: string) => void;
}

/** Names under which providers send an address or a name when no attribute is mapped. */
const usual = {
  email: [
    'email',
    'mail',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    'urn:oid:0.9.2342.19200300.100.1.3',
  ],
  name: [
    'name',
    'displayName',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
    'urn:oid:2.16.840.1.113730.3.1.241',
  ],
};

export function createSamlConnection(settings: SamlSettings): SsoConnection {
  const { own, provider, signing, now } = settings;
  const accept = async (response: string, requestId: string | undefined): Promise<SsoAnswer> => {
    const verified = verify(settings, response, requestId);
    if (!(await settings.useOnce(verified.assertionId, verified.notOnOrAfter.getTime())))
      throw new AldabaError('connector.social_auth_code_invalid', { reason: 'already_answered' });
    return answerOf(settings, verified);
  };
  return {
    answersServer: true,
    async begin({ state }, session) {
      const id = `_${opaqueToken()}`;
      await session.set({ requestId: id });
      return createAuthnRequest({
        id,
        issuedAt: new Date(now()),
        serviceProvider: own,
        identityProvider: provider,
        signing,
        relayState: state,
      });
    },
    async finish({ SAMLResponse: response }, session) {
      const { requestId } = await session.get();
      if (typeof response !== 'string' || typeof requestId !== 'string')
        throw new AldabaError('connector.insufficient_request_parameters');
      return accept(response, requestId);
    },
    receive: (response) => accept(response, undefined),
    signOut: (message, relayState) => signOut(settings, message, relayState),
  };
}

function verify(settings: SamlSettings, samlResponse: string, inResponseTo: string | undefined): VerifiedResponse {
  const { own, provider, decryptionKeys, note } = settings;
  const expected = {
    inResponseTo,
    audience: own.entityId,
    acsUrl: own.acsUrl,
    issuer: provider.entityId,
    now: new Date(settings.now()),
    certificates: provider.certificates,
    decryptionKeys,
  };
  try {
    return verifyResponse({ samlResponse, expected });
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    note({ reason: error.reason, detail: error.detail }, 'A SAML response was refused');
    if (error.reason === 'status_not_success') throw new AldabaError('connector.authorization_failed');
    throw new AldabaError('connector.social_invalid_id_token', { reason: error.reason }, { cause: error });
  }
}

/** Ends nothing itself: verifies the request, notes it, and writes the response. */
async function signOut(
  { own, provider, key, useOnce, now, note }: SamlSettings,
  message: Parameters<typeof verifyLogoutRequest>[0],
  relayState: string | undefined,
): Promise<SignedOut> {
  const { entityId: issuer, certificates, singleLogoutBinding: binding } = provider;
  const url = provider.singleLogoutResponseUrl ?? provider.singleLogoutUrl;
  const expected = { issuer, destination: own.logoutUrl, certificates, now: new Date(now()) };
  try {
    const request = verifyLogoutRequest(message, expected);
    if (!(await useOnce(`logout ${request.id}`, now() + 600_000)))
      throw new AldabaError('single_sign_on.logout_token_invalid');
    const response =
      url === undefined || binding === undefined || key === undefined
        ? undefined
        : createLogoutResponse({
            id: `_${opaqueToken()}`,
            issuedAt: new Date(now()),
            issuer: own.entityId,
            destination: { url, binding },
            signing: key,
            relayState,
            inResponseTo: request.id,
          });
    return { issuer, id: request.nameId, sessionIds: request.sessionIndexes, response };
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    note({ reason: error.reason, detail: error.detail }, 'A SAML logout request was refused');
    throw new AldabaError('single_sign_on.logout_token_invalid', undefined, { cause: error });
  }
}

/** Longest id that is stored. */
const maximumId = 256;

function answerOf({ provider, mapping = {} }: SamlSettings, verified: VerifiedResponse): SsoAnswer {
  const { nameId, nameIdFormat, attributes, sessionIndex } = verified;
  const first = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = name === 'nameID' ? nameId : Object.hasOwn(attributes, name) ? attributes[name]?.[0] : undefined;
      if (value) return value;
    }
    return undefined;
  };
  const isAddress = nameIdFormat === nameIdFormats.emailAddress || nameId.includes('@');
  const id = first([mapping.id ?? 'nameID']);
  // A transient name is another one at each sign-in: it says nothing about who the user is.
  const isTransient = nameIdFormat === nameIdFormats.transient && (mapping.id ?? 'nameID') === 'nameID';
  if (id === undefined || id.length > maximumId || isTransient)
    throw new AldabaError('connector.invalid_response', { reason: 'subject_missing' });
  return {
    issuer: provider.entityId,
    id,
    email: first(mapping.email ? [mapping.email] : [...usual.email, ...(isAddress ? ['nameID'] : [])]),
    // The company's directory has the address; whether the connector stands for its domain is decided later.
    isEmailVerified: true,
    name: first(mapping.name ? [mapping.name] : usual.name),
    avatar: mapping.avatar ? first([mapping.avatar]) : undefined,
    attributes,
    sessionId: sessionIndex,
  };
}
