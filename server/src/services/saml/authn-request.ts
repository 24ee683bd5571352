import { expectIssuer, expectVersion, identifierOf } from './assertion.ts';
import { type RequestedContext, requestedContextOf } from './authn-contexts.ts';
import {
  decodePost,
  decodeRedirect,
  encodePost,
  encodeRedirect,
  type IncomingMessage,
  maximumRelayState,
  type PostForm,
} from './bindings.ts';
import { bindings, namespaces, type SamlBinding } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { findSignature, refuseForeignSignatures, type SigningKey, signElement, verifySignature } from './signatures.ts';
import { formatTime, getTime, refuseFuture } from './times.ts';
import { attributeOf, escapeXml, findChild, getChild, isNamed, readXml } from './xml.ts';

/** Where requests to an identity provider go. */
interface SignInEndpoint {
  singleSignOnUrl: string;
  singleSignOnBinding: SamlBinding;
}

export interface NewAuthnRequest {
  /** A fresh ID that starts with a letter or `_`: the response has to name it. */
  id: string;
  issuedAt: Date;
  serviceProvider: { entityId: string; acsUrl: string };
  identityProvider: SignInEndpoint;
  forceAuthn?: boolean | undefined;
  nameIdFormat?: string | undefined;
  signing?: SigningKey | undefined;
  relayState: string;
}

/** The request as the provider's binding wants it: a URL to redirect to, or a form that the browser submits. */
export type OutgoingMessage = { redirectUrl: string } | { form: PostForm };

/** A request to sign a user in at an identity provider (SAML core section 3.4.1). */
export function createAuthnRequest(request: NewAuthnRequest): OutgoingMessage {
  const { identityProvider, signing, relayState } = request;
  const xml = authnRequestXml(request);
  const url = identityProvider.singleSignOnUrl;
  if (identityProvider.singleSignOnBinding === bindings.redirect) {
    return { redirectUrl: encodeRedirect(xml, { url, parameter: 'SAMLRequest', relayState, signing }) };
  }
  const signed = signing ? signElement(xml, request.id, signing) : xml;
  return { form: encodePost(signed, { action: url, parameter: 'SAMLRequest', relayState }) };
}

function authnRequestXml({
  id,
  issuedAt,
  serviceProvider,
  identityProvider,
  forceAuthn,
  nameIdFormat,
}: NewAuthnRequest): string {
  const policy = nameIdFormat ? `<samlp:NameIDPolicy Format="${escapeXml(nameIdFormat)}" AllowCreate="true"/>` : '';
  return (
    `<samlp:AuthnRequest xmlns:samlp="${namespaces.protocol}" xmlns:saml="${namespaces.assertion}" ID="${escapeXml(id)}"` +
    ` Version="2.0" IssueInstant="${formatTime(issuedAt)}" Destination="${escapeXml(identityProvider.singleSignOnUrl)}"` +
    ` AssertionConsumerServiceURL="${escapeXml(serviceProvider.acsUrl)}" ProtocolBinding="${bindings.post}"` +
    `${forceAuthn ? ' ForceAuthn="true"' : ''}>` +
    `<saml:Issuer>${escapeXml(serviceProvider.entityId)}</saml:Issuer>${policy}</samlp:AuthnRequest>`
  );
}

/** A request of a service provider. */
export interface ReadAuthnRequest {
  id: string;
  /** The user has to authenticate again, also within a session. */
  forceAuthn: boolean;
  /** Nothing may be shown to the user. */
  isPassive: boolean;
  relayState: string | undefined;
  /** Where the response goes: one of the registered addresses. */
  acsUrl: string;
  context: RequestedContext | undefined;
  /** The format of the name that the policy asks for. */
  nameIdFormat: string | undefined;
  /** The binding that the response is asked by, if it is not HTTP-POST. */
  unsupportedBinding: string | undefined;
}

export interface ExpectedAuthnRequest {
  /** The entity ID of the service provider. */
  issuer: string;
  /** The registered addresses, the default one first. Indexes are those of the service provider's metadata. */
  acsUrls: readonly { url: string; index?: number }[];
  /** The address that the request came to. */
  destination: string;
  /** Certificates of the service provider; with them, a request without a valid signature is refused. */
  certificates: readonly string[];
  now: Date;
}

/** How long a request is accepted after it was issued, in milliseconds: it waits in browsers, and in links to it. */
const maximumAge = 10 * 60_000;

/** Reads a request by the HTTP-Redirect or the HTTP-POST binding; throws `SamlRefusal`. */
export function readAuthnRequest(message: IncomingMessage, expected: ExpectedAuthnRequest): ReadAuthnRequest {
  const { xml, request, signed } = 'query' in message ? fromRedirect(message, expected) : fromPost(message, expected);
  expectVersion(request);
  expectIssuer(getChild(request, namespaces.assertion, 'Issuer'), expected.issuer);
  const destination = attributeOf(request, 'Destination');
  if (destination === undefined ? signed : destination !== expected.destination) {
    throw new SamlRefusal('destination_mismatch', `expected ${expected.destination.slice(0, 200)}`);
  }
  refuseFuture(request, 'IssueInstant', expected.now);
  if (getTime(request, 'IssueInstant').getTime() < expected.now.getTime() - maximumAge) {
    throw new SamlRefusal('expired', 'the request is older than 10 minutes');
  }
  const policy = findChild(request, namespaces.protocol, 'NameIDPolicy');
  const binding = attributeOf(request, 'ProtocolBinding');
  return {
    id: identifierOf(request),
    forceAuthn: isTrue(attributeOf(request, 'ForceAuthn')),
    isPassive: isTrue(attributeOf(request, 'IsPassive')),
    relayState: boundedRelayState(xml.relayState),
    acsUrl: replyAddress(request, expected),
    context: requestedContextOf(request),
    nameIdFormat: policy && attributeOf(policy, 'Format'),
    unsupportedBinding: binding === bindings.post ? undefined : binding,
  };
}

interface Incoming {
  xml: { relayState: string | undefined };
  request: Element;
  signed: boolean;
}

function fromRedirect({ query }: { query: string }, { certificates }: ExpectedAuthnRequest): Incoming {
  const message = decodeRedirect(query, 'SAMLRequest');
  if (certificates.length > 0) message.verify(certificates);
  return { xml: message, request: authnRequestIn(message.xml), signed: message.signed };
}

function fromPost(
  { field, relayState }: { field: string; relayState?: string | undefined },
  { certificates }: ExpectedAuthnRequest,
): Incoming {
  const text = decodePost(field);
  const request = authnRequestIn(text);
  refuseForeignSignatures(request, [request]);
  const signed = findSignature(request) !== undefined;
  const verified = certificates.length > 0 ? verifySignature(text, request, certificates) : request;
  return { xml: { relayState }, request: verified, signed };
}

function authnRequestIn(text: string): Element {
  const request = readXml(text);
  if (!isNamed(request, namespaces.protocol, 'AuthnRequest')) {
    throw new SamlRefusal('unexpected_structure', 'not an AuthnRequest');
  }
  return request;
}

/** The response goes to a registered address alone, named in full or by its index, else to the default one. */
function replyAddress(request: Element, { acsUrls }: ExpectedAuthnRequest): string {
  const url = attributeOf(request, 'AssertionConsumerServiceURL');
  const index = attributeOf(request, 'AssertionConsumerServiceIndex');
  if (url !== undefined && index !== undefined) {
    throw new SamlRefusal('unexpected_structure', 'the request names its address by URL and by index');
  }
  const wanted = (acs: { url: string; index?: number }) =>
    index === undefined ? url === undefined || acs.url === url : String(acs.index) === index;
  const found = acsUrls.find(wanted);
  if (found) return found.url;
  const registered = acsUrls.map((acs) => (index === undefined ? acs.url : acs.index)).join(', ');
  throw new SamlRefusal('recipient_mismatch', `registered are ${registered.slice(0, 180)}`);
}

export function boundedRelayState(relayState: string | undefined): string | undefined {
  if (relayState !== undefined && Buffer.byteLength(relayState) > maximumRelayState) {
    throw new SamlRefusal('message_too_large', `RelayState has more than ${maximumRelayState} bytes`);
  }
  return relayState;
}

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';
