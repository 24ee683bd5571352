import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { createSamlKeyPair, type ExpectedResponse, type SamlKeyPair } from '../../server/src/services/saml/index.ts';

/** An identity provider that is not ours: it writes messages as a text, also wrong ones. */
export interface World {
  keys: SamlKeyPair;
  /** A key of the attacker. */
  foreign: SamlKeyPair;
  /** The key of the service provider, for encrypted assertions. */
  decryption: SamlKeyPair;
  now: Date;
  expected: ExpectedResponse;
}

export const idp = 'https://idp.example.com/metadata';
export const sp = 'https://sp.example.com/saml';
export const acs = 'https://sp.example.com/saml/acs';
const requestId = '_request-1';
export const user = 'ada@example.com';
export const attacker = 'admin@example.com';

export async function makeWorld(now = new Date()): Promise<World> {
  const validity = { notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + 86_400_000) };
  const make = () => createSamlKeyPair('idp.example.com', validity);
  const [keys, foreign, decryption] = await Promise.all([make(), make(), make()]);
  const trusted = { certificates: [keys.certificate], decryptionKeys: [decryption.privateKey] };
  const expected = { inResponseTo: requestId, audience: sp, acsUrl: acs, issuer: idp, now, ...trusted };
  return { keys, foreign, decryption, now, expected };
}

/** Parts of a message that a test replaces; every one is XML or an attribute as it is written. */
export interface Parts {
  assertionId: string;
  responseId: string;
  version: string;
  issueInstant: string;
  responseIssuer: string;
  issuer: string;
  status: string;
  destination: string;
  responseInResponseTo: string;
  nameId: string;
  confirmation: string;
  conditions: string;
  statement: string;
  attributes: string;
  /** After the assertion, inside the response. */
  rest: string;
}

export const at = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

export function conditionsXml(now: Date, { audiences = [[sp]], from = -60, to = 300, more = '' } = {}): string {
  const restrictions = audiences.map(
    (names) =>
      `<saml:AudienceRestriction>${names.map((name) => `<saml:Audience>${name}</saml:Audience>`).join('')}</saml:AudienceRestriction>`,
  );
  return `<saml:Conditions NotBefore="${at(now, from)}" NotOnOrAfter="${at(now, to)}">${restrictions.join('')}${more}</saml:Conditions>`;
}

export function confirmationXml(data: string, method = 'bearer'): string {
  return (
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}">` +
    `<saml:SubjectConfirmationData ${data}/></saml:SubjectConfirmation>`
  );
}

export const dataOf = (now: Date, { recipient = acs, to = 300, inResponseTo = requestId } = {}) =>
  `NotOnOrAfter="${at(now, to)}" Recipient="${recipient}" InResponseTo="${inResponseTo}"`;

export function statementXml(now: Date, more = ''): string {
  return (
    `<saml:AuthnStatement AuthnInstant="${at(now, -5)}" SessionIndex="s-1"${more}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>` +
    `</saml:AuthnContext></saml:AuthnStatement>`
  );
}

export const statusXml = (value: string, inner = '') =>
  `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${value}">${inner}</samlp:StatusCode></samlp:Status>`;

export function parts(now: Date, changed: Partial<Parts> = {}): Parts {
  return {
    assertionId: '_assertion-1',
    responseId: '_response-1',
    version: '2.0',
    issueInstant: at(now, 0),
    responseIssuer: `<saml:Issuer>${idp}</saml:Issuer>`,
    issuer: `<saml:Issuer>${idp}</saml:Issuer>`,
    status: statusXml('Success'),
    destination: ` Destination="${acs}"`,
    responseInResponseTo: ` InResponseTo="${requestId}"`,
    nameId: `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${user}</saml:NameID>`,
    confirmation: confirmationXml(dataOf(now)),
    conditions: conditionsXml(now),
    statement: statementXml(now),
    attributes:
      '<saml:AttributeStatement><saml:Attribute Name="groups"><saml:AttributeValue>staff</saml:AttributeValue>' +
      '<saml:AttributeValue>readers</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
    rest: '',
    ...changed,
  };
}

export function assertionXml(part: Parts): string {
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${part.assertionId}" Version="${part.version}"` +
    ` IssueInstant="${part.issueInstant}">${part.issuer}<saml:Subject>${part.nameId}${part.confirmation}</saml:Subject>` +
    `${part.conditions}${part.statement}${part.attributes}</saml:Assertion>`
  );
}

export function responseXml(part: Parts, assertion: string): string {
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
    ` ID="${part.responseId}" Version="2.0" IssueInstant="${part.issueInstant}"${part.destination}${part.responseInResponseTo}>` +
    `${part.responseIssuer}${part.status}${assertion}${part.rest}</samlp:Response>`
  );
}

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
export const algorithms = {
  rsaSha1: `${dsig}rsa-sha1`,
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  hmacSha1: `${dsig}hmac-sha1`,
  sha1: `${dsig}sha1`,
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  enveloped: `${dsig}enveloped-signature`,
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  withComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
};

export interface Signing {
  key: string | Buffer;
  certificate?: string;
  method?: string;
  digest?: string;
  transforms?: string[];
  canonicalization?: string;
  hmac?: boolean;
}

/** Signs the element with that ID and places the signature after the Issuer of that element. */
export function signed(xml: string, id: string, signing: Signing): string {
  const { key, method = algorithms.rsaSha256, digest = algorithms.sha256, certificate } = signing;
  const { transforms = [algorithms.enveloped, algorithms.exclusive], canonicalization = algorithms.exclusive } =
    signing;
  const body = certificate?.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const signer = new SignedXml({
    privateKey: key,
    signatureAlgorithm: method,
    canonicalizationAlgorithm: canonicalization,
    getKeyInfoContent: () => (body ? `<X509Data><X509Certificate>${body}</X509Certificate></X509Data>` : null),
  });
  if (signing.hmac) signer.enableHMAC();
  signer.addReference({ xpath: `//*[@ID='${id}']`, transforms, digestAlgorithm: digest });
  const location = { reference: `//*[@ID='${id}']/*[local-name(.)='Issuer']`, action: 'after' as const };
  signer.computeSignature(xml, { location });
  return signer.getSignedXml();
}

/** The first signature in the text. */
export function signatureIn(xml: string): string {
  const [signature] = /<Signature[ >][\s\S]*?<\/Signature>/.exec(xml) ?? [];
  if (!signature) throw new Error('the message has no signature');
  return signature;
}

interface Encryption {
  content?: 'aes256-gcm' | 'aes256-cbc' | 'tripledes-cbc';
  transport?: 'oaep' | 'rsa-1_5';
}

/** An EncryptedAssertion for the service provider. */
export function encrypted(
  xml: string,
  certificate: string,
  { content = 'aes256-gcm', transport = 'oaep' }: Encryption = {},
): string {
  const names = { 'aes256-gcm': 'aes-256-gcm', 'aes256-cbc': 'aes-256-cbc', 'tripledes-cbc': 'des-ede3-cbc' };
  const key = randomBytes(content === 'tripledes-cbc' ? 24 : 32);
  const iv = randomBytes({ 'aes256-gcm': 12, 'aes256-cbc': 16, 'tripledes-cbc': 8 }[content]);
  const cipher = createCipheriv(names[content] as 'aes-256-gcm', key, iv);
  const tag = () => (content === 'aes256-gcm' ? cipher.getAuthTag() : Buffer.alloc(0));
  const bytes = Buffer.concat([iv, cipher.update(xml, 'utf8'), cipher.final(), tag()]);
  const padding = transport === 'oaep' ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING;
  const wrapped = publicEncrypt({ key: certificate, padding }, key);
  const value = (data: Buffer) =>
    `<e:CipherData><e:CipherValue>${data.toString('base64')}</e:CipherValue></e:CipherData>`;
  const xenc = 'http://www.w3.org/2001/04/xmlenc#';
  const contentName = content === 'aes256-gcm' ? `http://www.w3.org/2009/xmlenc11#${content}` : `${xenc}${content}`;
  const transportName = `${xenc}${transport === 'oaep' ? 'rsa-oaep-mgf1p' : 'rsa-1_5'}`;
  return (
    `<saml:EncryptedAssertion><e:EncryptedData xmlns:e="${xenc}" Type="${xenc}Element"><e:EncryptionMethod Algorithm="${contentName}"/>` +
    `<KeyInfo xmlns="${dsig}"><e:EncryptedKey><e:EncryptionMethod Algorithm="${transportName}"/>${value(wrapped)}</e:EncryptedKey>` +
    `</KeyInfo>${value(bytes)}</e:EncryptedData></saml:EncryptedAssertion>`
  );
}

export const encode = (xml: string | Buffer) => Buffer.from(xml).toString('base64');

/** A response whose assertion is signed, as most providers send it. */
export function signedAssertion(
  { keys, now }: World,
  changed: Partial<Parts> = {},
  signing: Partial<Signing> = {},
): string {
  const part = parts(now, changed);
  const own = { key: keys.privateKey, certificate: keys.certificate, ...signing };
  return signed(responseXml(part, assertionXml(part)), part.assertionId, own);
}

/** A response that is signed as a whole. */
export function signedResponse(
  { keys, now }: World,
  changed: Partial<Parts> = {},
  signing: Partial<Signing> = {},
): string {
  const part = parts(now, changed);
  const own = { key: keys.privateKey, certificate: keys.certificate, ...signing };
  return signed(responseXml(part, assertionXml(part)), part.responseId, own);
}

/** A response with an encrypted assertion, which was signed before. */
export function encryptedAssertion(world: World, signing: Partial<Signing> = {}, how: Encryption = {}): string {
  const part = parts(world.now);
  const own = { key: world.keys.privateKey, certificate: world.keys.certificate, ...signing };
  const assertion = signed(assertionXml(part), part.assertionId, own);
  return responseXml(part, encrypted(assertion, world.decryption.certificate, how));
}
