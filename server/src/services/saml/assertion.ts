import { bearer, entityFormat, namespaces } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { clockSkew, getTime, refuseFuture, refusePast, timeOf } from './times.ts';
import { attributeOf, childElements, childrenNamed, findChild, getChild, textOf } from './xml.ts';

/** What an assertion has to say to be accepted. */
export interface ExpectedAssertion {
  /** The ID of our request, or `undefined` when the identity provider starts and no request exists. */
  inResponseTo: string | undefined;
  /** Our entity ID. */
  audience: string;
  acsUrl: string;
  /** The entity ID of the identity provider. */
  issuer: string;
  now: Date;
}

export interface AssertionContent {
  assertionId: string;
  nameId: string;
  nameIdFormat?: string;
  sessionIndex?: string;
  /** When the session at the identity provider ends, if it says so. */
  sessionNotOnOrAfter?: Date;
  authnContextClass?: string;
  /** Until then the assertion would be accepted again: remember its ID for that long. */
  notOnOrAfter: Date;
  attributes: Record<string, string[]>;
}

const saml = namespaces.assertion;
const maximumNameId = 1024;

/** Reads an assertion whose signature was verified (SAML profiles section 4.1.4.3). */
export function readAssertion(assertion: Element, expected: ExpectedAssertion): AssertionContent {
  expectVersion(assertion);
  refuseFuture(assertion, 'IssueInstant', expected.now);
  getTime(assertion, 'IssueInstant');
  expectIssuer(getChild(assertion, saml, 'Issuer'), expected.issuer);
  const subject = getChild(assertion, saml, 'Subject');
  const ends = [readConfirmation(subject, expected), readConditions(assertion, expected)];
  const nameId = findChild(subject, saml, 'NameID');
  const value = nameId ? textOf(nameId) : '';
  if (!nameId || value === '' || value.length > maximumNameId) {
    throw new SamlRefusal('subject_missing', 'the subject has no usable NameID');
  }
  const format = attributeOf(nameId, 'Format');
  return {
    assertionId: identifierOf(assertion),
    nameId: value,
    ...(format !== undefined && { nameIdFormat: format }),
    ...readStatement(assertion, expected),
    notOnOrAfter: new Date(Math.min(...ends.map((end) => end.getTime())) + clockSkew),
    attributes: readAttributes(assertion),
  };
}

export function identifierOf(element: Element): string {
  const id = attributeOf(element, 'ID');
  if (!id || id.length > 256) throw new SamlRefusal('unexpected_structure', `${element.localName} has no usable ID`);
  return id;
}

export function expectVersion(element: Element): void {
  if (attributeOf(element, 'Version') !== '2.0') {
    throw new SamlRefusal('unexpected_structure', `${element.localName} is not of SAML 2.0`);
  }
}

export function expectIssuer(issuer: Element, expected: string): void {
  const format = attributeOf(issuer, 'Format');
  if (textOf(issuer) !== expected || (format !== undefined && format !== entityFormat)) {
    throw new SamlRefusal('issuer_mismatch', `expected ${expected.slice(0, 200)}`);
  }
}

function readConfirmation(subject: Element, expected: ExpectedAssertion): Date {
  const confirmations = childrenNamed(subject, saml, 'SubjectConfirmation');
  const [confirmation, ...others] = confirmations.filter((one) => attributeOf(one, 'Method') === bearer);
  if (!confirmation || others.length > 0) {
    throw new SamlRefusal('confirmation_missing', 'not exactly one bearer confirmation');
  }
  const data = getChild(confirmation, saml, 'SubjectConfirmationData');
  if (attributeOf(data, 'Recipient') !== expected.acsUrl) {
    throw new SamlRefusal('recipient_mismatch', `expected ${expected.acsUrl.slice(0, 200)}`);
  }
  expectInResponseTo(data, expected.inResponseTo);
  refuseFuture(data, 'NotBefore', expected.now);
  refusePast(data, 'NotOnOrAfter', expected.now);
  return getTime(data, 'NotOnOrAfter');
}

export function expectInResponseTo(element: Element, expected: string | undefined): void {
  if (attributeOf(element, 'InResponseTo') !== expected) {
    throw new SamlRefusal(
      'in_response_to_mismatch',
      expected === undefined ? 'an answer to a request that we did not send' : 'an answer to another request',
    );
  }
}

function readConditions(assertion: Element, { audience, now }: ExpectedAssertion): Date {
  const conditions = getChild(assertion, saml, 'Conditions');
  refuseFuture(conditions, 'NotBefore', now);
  refusePast(conditions, 'NotOnOrAfter', now);
  const understood = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  for (const { namespaceURI, localName } of childElements(conditions)) {
    if (namespaceURI !== saml || !understood.includes(localName)) {
      throw new SamlRefusal('condition_not_understood', localName.slice(0, 100));
    }
  }
  const restrictions = childrenNamed(conditions, saml, 'AudienceRestriction');
  const names = (restriction: Element) => childrenNamed(restriction, saml, 'Audience').map(textOf);
  if (restrictions.length === 0 || !restrictions.every((restriction) => names(restriction).includes(audience))) {
    throw new SamlRefusal('audience_mismatch', `expected ${audience.slice(0, 200)}`);
  }
  return getTime(conditions, 'NotOnOrAfter');
}

function readStatement(
  assertion: Element,
  { now }: ExpectedAssertion,
): Pick<AssertionContent, 'sessionIndex' | 'sessionNotOnOrAfter' | 'authnContextClass'> {
  const [statement, ...others] = childrenNamed(assertion, saml, 'AuthnStatement');
  if (!statement || others.length > 0) {
    throw new SamlRefusal('unexpected_structure', 'not exactly one AuthnStatement');
  }
  refuseFuture(statement, 'AuthnInstant', now);
  refusePast(statement, 'SessionNotOnOrAfter', now);
  const context = findChild(statement, saml, 'AuthnContext');
  const reference = context && findChild(context, saml, 'AuthnContextClassRef');
  const sessionIndex = attributeOf(statement, 'SessionIndex');
  const end = timeOf(statement, 'SessionNotOnOrAfter');
  return {
    ...(sessionIndex !== undefined && { sessionIndex }),
    ...(end && { sessionNotOnOrAfter: end }),
    ...(reference && { authnContextClass: textOf(reference) }),
  };
}

/** Values that consist of elements are left out: no mapping can use them. */
function readAttributes(assertion: Element): Record<string, string[]> {
  const attributes = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, saml, 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, saml, 'Attribute')) {
      const name = attributeOf(attribute, 'Name') ?? '';
      const values = attributes.get(name) ?? [];
      // Not copied: a name may be repeated as often as the message has room for.
      attributes.set(name, values);
      for (const value of childrenNamed(attribute, saml, 'AttributeValue'))
        if (childElements(value).length === 0) values.push(textOf(value));
    }
  }
  return Object.fromEntries(attributes);
}
