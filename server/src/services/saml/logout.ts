import { expectInResponseTo, expectIssuer, expectVersion, identifierOf } from './assertion.ts';
import type { OutgoingMessage } from './authn-request.ts';
import { decodePost, decodeRedirect, encodePost, encodeRedirect, type IncomingMessage } from './bindings.ts';
import { bindings, namespaces, type SamlBinding, type soapBinding, statuses } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { refuseForeignSignatures, type SigningKey, signElement, verifySignature } from './signatures.ts';
import { formatTime, getTime, refuseFuture, refusePast } from './times.ts';
import { attributeOf, childrenNamed, escapeXml, getChild, isNamed, readXml, textOf } from './xml.ts';

const { assertion: saml, protocol: samlp } = namespaces;
/** How long a request to sign out is accepted after it was issued, in milliseconds. */
const maximumAge = 5 * 60_000;

interface NewMessage {
  id: string;
  issuedAt: Date;
  issuer: string;
  destination: { url: string; binding: SamlBinding | typeof soapBinding };
  signing: SigningKey;
  relayState?: string | undefined;
}

export interface NewLogoutRequest extends NewMessage {
  nameId: string;
  nameIdFormat?: string | undefined;
  sessionIndex?: string | undefined;
}

export interface NewLogoutResponse extends NewMessage {
  inResponseTo: string;
  /** One of the top-level statuses of SAML; success when left out. */
  status?: string | undefined;
  /** A status below it, such as `PartialLogout`. */
  detail?: string | undefined;
}

export interface ExpectedLogout {
  issuer: string;
  /** Where the message has to be addressed to. */
  destination: string;
  certificates: readonly string[];
  now: Date;
}

export interface VerifiedLogoutRequest {
  id: string;
  nameId: string;
  nameIdFormat?: string;
  /** Sessions to end; all sessions of the user when empty (SAML core section 3.7.1). */
  sessionIndexes: string[];
}

export function createLogoutRequest(request: NewLogoutRequest): OutgoingMessage {
  return send(logoutRequestXml(request), request, 'SAMLRequest');
}

/** The request as signed XML, for a binding that is neither a redirect nor a form. */
export function createLogoutMessage(request: NewLogoutRequest): string {
  return signElement(logoutRequestXml(request), request.id, request.signing);
}

function logoutRequestXml(request: NewLogoutRequest): string {
  const { nameId, nameIdFormat, sessionIndex } = request;
  const format = nameIdFormat === undefined ? '' : ` Format="${escapeXml(nameIdFormat)}"`;
  const index = sessionIndex === undefined ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`;
  const end = formatTime(new Date(request.issuedAt.getTime() + maximumAge));
  const content = `<saml:NameID${format}>${escapeXml(nameId)}</saml:NameID>${index}`;
  return messageXml('LogoutRequest', request, { attributes: ` NotOnOrAfter="${end}"`, content });
}

export function createLogoutResponse(response: NewLogoutResponse): OutgoingMessage {
  const attributes = ` InResponseTo="${escapeXml(response.inResponseTo)}"`;
  const code = escapeXml(response.status ?? statuses.success);
  const detail = response.detail === undefined ? '' : `<samlp:StatusCode Value="${escapeXml(response.detail)}"/>`;
  const content = `<samlp:Status><samlp:StatusCode Value="${code}">${detail}</samlp:StatusCode></samlp:Status>`;
  return send(messageXml('LogoutResponse', response, { attributes, content }), response, 'SAMLResponse');
}

function messageXml(
  name: string,
  { id, issuedAt, issuer, destination }: NewMessage,
  { attributes, content }: { attributes: string; content: string },
): string {
  return (
    `<samlp:${name} xmlns:samlp="${samlp}" xmlns:saml="${saml}" ID="${escapeXml(id)}" Version="2.0"` +
    ` IssueInstant="${formatTime(issuedAt)}" Destination="${escapeXml(destination.url)}"${attributes}>` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${content}</samlp:${name}>`
  );
}

function send(xml: string, message: NewMessage, parameter: 'SAMLRequest' | 'SAMLResponse'): OutgoingMessage {
  const { id, destination, signing, relayState } = message;
  if (destination.binding === bindings.redirect) {
    return { redirectUrl: encodeRedirect(xml, { url: destination.url, parameter, relayState, signing }) };
  }
  return { form: encodePost(signElement(xml, id, signing), { action: destination.url, parameter, relayState }) };
}

/** Verifies a request to sign a user out; throws `SamlRefusal`. Requests without a signature are refused. */
export function verifyLogoutRequest(message: IncomingMessage, expected: ExpectedLogout): VerifiedLogoutRequest {
  const request = verifiedMessage(message, 'LogoutRequest', expected);
  refusePast(request, 'NotOnOrAfter', expected.now);
  const nameId = getChild(request, saml, 'NameID');
  const value = textOf(nameId);
  if (value === '') throw new SamlRefusal('subject_missing', 'the NameID is empty');
  const format = attributeOf(nameId, 'Format');
  return {
    id: identifierOf(request),
    nameId: value,
    ...(format !== undefined && { nameIdFormat: format }),
    sessionIndexes: childrenNamed(request, samlp, 'SessionIndex').map(textOf),
  };
}

/** Verifies the answer to our request to sign out, and returns its top-level status. */
export function verifyLogoutResponse(
  message: IncomingMessage,
  { inResponseTo, ...expected }: ExpectedLogout & { inResponseTo: string },
): { id: string; status: string } {
  const response = verifiedMessage(message, 'LogoutResponse', expected);
  expectInResponseTo(response, inResponseTo);
  return { id: identifierOf(response), status: statusOf(response) };
}

/** The same for a response inside of another document, which may leave out its destination. */
export function verifyLogoutAnswer(
  { text, root, message }: { text: string; root: Element; message: Element },
  { inResponseTo, ...expected }: Omit<ExpectedLogout, 'destination'> & { inResponseTo: string },
): string {
  refuseForeignSignatures(root, [message]);
  const response = verifySignature(text, named(message, 'LogoutResponse'), expected.certificates);
  expectCurrent(response, expected);
  expectInResponseTo(response, inResponseTo);
  return statusOf(response);
}

function statusOf(response: Element): string {
  const code = getChild(getChild(response, samlp, 'Status'), samlp, 'StatusCode');
  return attributeOf(code, 'Value') ?? '';
}

function verifiedMessage(
  message: IncomingMessage,
  name: 'LogoutRequest' | 'LogoutResponse',
  expected: ExpectedLogout,
): Element {
  const element =
    'query' in message ? fromRedirect(message.query, name, expected) : fromPost(message.field, name, expected);
  if (attributeOf(element, 'Destination') !== expected.destination) {
    throw new SamlRefusal('destination_mismatch', `expected ${expected.destination.slice(0, 200)}`);
  }
  expectCurrent(element, expected);
  return element;
}

function expectCurrent(element: Element, { issuer, now }: Pick<ExpectedLogout, 'issuer' | 'now'>): void {
  expectVersion(element);
  expectIssuer(getChild(element, saml, 'Issuer'), issuer);
  refuseFuture(element, 'IssueInstant', now);
  if (getTime(element, 'IssueInstant').getTime() < now.getTime() - maximumAge) {
    throw new SamlRefusal('expired', 'the message is older than 5 minutes');
  }
}

function fromRedirect(
  query: string,
  name: 'LogoutRequest' | 'LogoutResponse',
  { certificates }: ExpectedLogout,
): Element {
  const message = decodeRedirect(query, name === 'LogoutRequest' ? 'SAMLRequest' : 'SAMLResponse');
  message.verify(certificates);
  return named(readXml(message.xml), name);
}

function fromPost(field: string, name: string, { certificates }: ExpectedLogout): Element {
  const text = decodePost(field);
  const root = named(readXml(text), name);
  refuseForeignSignatures(root, [root]);
  return verifySignature(text, root, certificates);
}

function named(element: Element, name: string): Element {
  if (!isNamed(element, samlp, name)) throw new SamlRefusal('unexpected_structure', `not a ${name}`);
  return element;
}
