import { encryptElement } from './encryption.ts';
import { bearer, namespaces, statuses } from './names.ts';
import { type SigningKey, signElement } from './signatures.ts';
import { clockSkew, formatTime } from './times.ts';
import { escapeXml } from './xml.ts';

export interface NewResponse {
  responseId: string;
  assertionId: string;
  issuedAt: Date;
  /** Seconds until the assertion expires. */
  lifetime: number;
  /** The ID of the request, or nothing when we start (IdP-initiated). */
  inResponseTo?: string | undefined;
  issuer: string;
  audience: string;
  acsUrl: string;
  nameId: { value: string; format: string };
  session: {
    index: string;
    authenticatedAt: Date;
    /** When the session ends here, at the latest. */
    endsAt: Date;
    /** The class of the authentication context. */
    context: string;
  };
  attributes: readonly { name: string; values: readonly string[] }[];
  signing: SigningKey;
  /** Certificate (PEM) to encrypt the assertion for. */
  encryptFor?: string | undefined;
  /** Whether the response is signed as well as the assertion. */
  signResponse: boolean;
}

const { assertion: saml, protocol: samlp } = namespaces;
const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

/** A successful answer: the assertion is signed, encrypted if wanted, and the response is signed around it. */
export function createResponse(response: NewResponse): string {
  const { assertionId, responseId, signing, encryptFor } = response;
  const assertion = signElement(assertionXml(response), assertionId, signing);
  const content =
    encryptFor === undefined
      ? assertion
      : `<saml:EncryptedAssertion>${encryptElement(assertion, encryptFor)}</saml:EncryptedAssertion>`;
  const status = `<samlp:Status><samlp:StatusCode Value="${statuses.success}"/></samlp:Status>`;
  const xml = responseXml(response, status + content);
  return response.signResponse ? signElement(xml, responseId, signing) : xml;
}

/** An answer that says why the user was not signed in (SAML core section 3.2.2.2). */
export function createFailure(
  failure: Pick<NewResponse, 'responseId' | 'issuedAt' | 'inResponseTo' | 'issuer' | 'acsUrl' | 'signing'>,
  [top, second]: [string, string],
): string {
  const status = `<samlp:Status><samlp:StatusCode Value="${top}"><samlp:StatusCode Value="${second}"/></samlp:StatusCode></samlp:Status>`;
  return signElement(responseXml(failure, status), failure.responseId, failure.signing);
}

function responseXml(
  {
    responseId,
    issuedAt,
    inResponseTo,
    issuer,
    acsUrl,
  }: Pick<NewResponse, 'responseId' | 'issuedAt' | 'inResponseTo' | 'issuer' | 'acsUrl'>,
  content: string,
): string {
  return (
    `<samlp:Response xmlns:samlp="${samlp}" xmlns:saml="${saml}" ID="${escapeXml(responseId)}" Version="2.0"` +
    ` IssueInstant="${formatTime(issuedAt)}" Destination="${escapeXml(acsUrl)}"${inResponseToAttribute(inResponseTo)}>` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${content}</samlp:Response>`
  );
}

function inResponseToAttribute(id: string | undefined): string {
  return id === undefined ? '' : ` InResponseTo="${escapeXml(id)}"`;
}

function assertionXml(response: NewResponse): string {
  const { assertionId, issuedAt, lifetime, issuer, audience } = response;
  const start = formatTime(new Date(issuedAt.getTime() - clockSkew));
  const end = formatTime(new Date(issuedAt.getTime() + lifetime * 1000));
  return (
    `<saml:Assertion xmlns:saml="${saml}" ID="${escapeXml(assertionId)}" Version="2.0" IssueInstant="${formatTime(issuedAt)}">` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${subjectXml(response, end)}` +
    `<saml:Conditions NotBefore="${start}" NotOnOrAfter="${end}"><saml:AudienceRestriction>` +
    `<saml:Audience>${escapeXml(audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `${statementXml(response)}${attributesXml(response.attributes)}</saml:Assertion>`
  );
}

function subjectXml({ nameId, acsUrl, inResponseTo }: NewResponse, end: string): string {
  return (
    `<saml:Subject><saml:NameID Format="${escapeXml(nameId.format)}">${escapeXml(nameId.value)}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="${bearer}"><saml:SubjectConfirmationData NotOnOrAfter="${end}"` +
    ` Recipient="${escapeXml(acsUrl)}"${inResponseToAttribute(inResponseTo)}/></saml:SubjectConfirmation></saml:Subject>`
  );
}

function statementXml({ session }: NewResponse): string {
  return (
    `<saml:AuthnStatement AuthnInstant="${formatTime(session.authenticatedAt)}" SessionIndex="${escapeXml(session.index)}"` +
    ` SessionNotOnOrAfter="${formatTime(session.endsAt)}"><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>${escapeXml(session.context)}</saml:AuthnContextClassRef></saml:AuthnContext>` +
    `</saml:AuthnStatement>`
  );
}

function attributesXml(attributes: NewResponse['attributes']): string {
  if (attributes.length === 0) return '';
  const values = (texts: readonly string[]) =>
    texts.map((text) => `<saml:AttributeValue>${escapeXml(text)}</saml:AttributeValue>`).join('');
  const elements = attributes.map(
    ({ name, values: texts }) =>
      `<saml:Attribute Name="${escapeXml(name)}" NameFormat="${basic}">${values(texts)}</saml:Attribute>`,
  );
  return `<saml:AttributeStatement>${elements.join('')}</saml:AttributeStatement>`;
}
