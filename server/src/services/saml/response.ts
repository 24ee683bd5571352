import {
  type AssertionContent,
  type ExpectedAssertion,
  expectInResponseTo,
  expectIssuer,
  expectVersion,
  identifierOf,
  readAssertion,
} from './assertion.ts';
import { decodePost } from './bindings.ts';
import { decryptElement, refuseEncryptedParts } from './encryption.ts';
import { namespaces, statuses } from './names.ts';
import { refusingAs, SamlRefusal } from './refusal.ts';
import { findSignature, refuseForeignSignatures, verifySignature } from './signatures.ts';
import { getTime, refuseFuture } from './times.ts';
import { attributeOf, childrenNamed, findChild, getChild, isNamed, readXml, walk } from './xml.ts';

export interface ExpectedResponse extends ExpectedAssertion {
  /** Certificates of the identity provider, PEM or base64. */
  certificates: readonly string[];
  /** Private keys (PEM) for encrypted assertions, the current one first. */
  decryptionKeys?: readonly string[] | undefined;
}

export interface VerifiedResponse extends AssertionContent {
  responseId: string;
}

const { assertion: saml, protocol: samlp } = namespaces;

/**
 * Verifies the answer of an identity provider and returns what it says, read from the bytes that were signed. Throws
 * `SamlRefusal`. The caller stores `assertionId` until `notOnOrAfter` and refuses a second use.
 */
export function verifyResponse({
  samlResponse,
  expected,
}: {
  samlResponse: string;
  expected: ExpectedResponse;
}): VerifiedResponse {
  const text = decodePost(samlResponse);
  const response = readXml(text);
  if (!isNamed(response, samlp, 'Response')) throw new SamlRefusal('unexpected_structure', 'not a Response');
  expectVersion(response);
  expectSuccess(response);
  const wrapped = onlyAssertion(response);
  refuseForeignSignatures(response, [response, wrapped]);
  const signed = findSignature(response) ? verifySignature(text, response, expected.certificates) : undefined;
  expectResponse(signed ?? response, expected, signed !== undefined);
  const assertion = verifiedAssertion({ text, wrapped, signed, expected });
  return { responseId: identifierOf(signed ?? response), ...readAssertion(assertion, expected) };
}

function expectSuccess(response: Element): void {
  const codes: string[] = [];
  const status = getChild(response, samlp, 'Status');
  for (let code = findChild(status, samlp, 'StatusCode'); code; code = findChild(code, samlp, 'StatusCode')) {
    codes.push((attributeOf(code, 'Value') ?? '').slice(0, 100));
  }
  if (codes[0] !== statuses.success) throw new SamlRefusal('status_not_success', codes.slice(0, 2).join(' '));
}

/** The one assertion of the response, encrypted or not. A second one anywhere in the document is refused. */
function onlyAssertion(response: Element): Element {
  const names = ['Assertion', 'EncryptedAssertion'];
  const all = [...walk(response)].filter(({ localName }) => names.includes(localName));
  const children = names.flatMap((name) => childrenNamed(response, saml, name));
  const [assertion] = children;
  if (!assertion || children.length !== 1 || all.length !== 1) {
    throw new SamlRefusal('wrong_number_of_assertions', `${all.length} assertions, ${children.length} in their place`);
  }
  return assertion;
}

function expectResponse(response: Element, expected: ExpectedResponse, signed: boolean): void {
  refuseFuture(response, 'IssueInstant', expected.now);
  getTime(response, 'IssueInstant');
  const issuer = findChild(response, saml, 'Issuer');
  if (issuer) expectIssuer(issuer, expected.issuer);
  const destination = attributeOf(response, 'Destination');
  // SAML bindings section 3.5.5.2: a signed message names its destination.
  if (destination === undefined ? signed : destination !== expected.acsUrl) {
    throw new SamlRefusal('destination_mismatch', `expected ${expected.acsUrl.slice(0, 200)}`);
  }
  expectInResponseTo(response, expected.inResponseTo);
}

interface Found {
  text: string;
  /** The Assertion or EncryptedAssertion of the document as it came. */
  wrapped: Element;
  /** The Response from its signed bytes, if the Response is signed. */
  signed: Element | undefined;
  expected: ExpectedResponse;
}

function verifiedAssertion({ text, wrapped, signed, expected }: Found): Element {
  const trusted = signed && onlyAssertion(signed);
  if (wrapped.localName === 'EncryptedAssertion')
    return decryptedAssertion(trusted ?? wrapped, trusted !== undefined, expected);
  const own = findSignature(wrapped) && verifySignature(text, wrapped, expected.certificates);
  const assertion = own ?? trusted;
  if (!assertion) throw new SamlRefusal('not_signed', 'neither the response nor the assertion is signed');
  refuseEncryptedParts(assertion);
  return assertion;
}

function decryptedAssertion(container: Element, trusted: boolean, expected: ExpectedResponse): Element {
  if (!expected.decryptionKeys?.length)
    throw new SamlRefusal('encryption_not_supported', 'no key for encrypted assertions');
  const plain = decryptElement(container, expected.decryptionKeys);
  // One reason for every failure from here on: their difference would let an attacker decrypt CBC byte by byte.
  return refusingAs('decryption_failed', 'the decrypted assertion is not acceptable', () => {
    const assertion = readXml(plain);
    if (!isNamed(assertion, saml, 'Assertion')) throw new SamlRefusal('unexpected_structure', 'not an Assertion');
    refuseForeignSignatures(assertion, [assertion]);
    refuseEncryptedParts(assertion);
    if (findSignature(assertion) || !trusted) return verifySignature(plain, assertion, expected.certificates);
    return assertion;
  });
}
