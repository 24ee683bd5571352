import { createSign, createVerify, type KeyObject } from 'node:crypto';
import { findAncestorNs, SignedXml } from 'xml-crypto';
import { certificateBody, verificationKey } from './certificates.ts';
import { namespaces } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, childrenNamed, isNamed, readXml, textOf, walk } from './xml.ts';

export type SigningAlgorithm = 'rsa-sha256' | 'rsa-sha512';

/** What messages are signed with: both as PEM. */
export interface SigningKey {
  privateKey: string;
  certificate: string;
  algorithm: SigningAlgorithm;
}

const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const canonicalizations = [exclusive, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'];
const signatureMethods: Record<SigningAlgorithm, string> = {
  'rsa-sha256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'rsa-sha512': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
};
const digestMethods: Record<SigningAlgorithm, string> = {
  'rsa-sha256': 'http://www.w3.org/2001/04/xmlenc#sha256',
  'rsa-sha512': 'http://www.w3.org/2001/04/xmlenc#sha512',
};
const hashes: Record<string, string> = {
  [signatureMethods['rsa-sha256']]: 'sha256',
  [signatureMethods['rsa-sha512']]: 'sha512',
};
/** Certificates that are tried for one signature: the current, the next and a few old ones of a provider. */
const maximumCertificates = 10;
/** Characters; it has a dozen elements, and canonicalization repeats the namespaces around it. */
const maximumSignedInfo = 8192;
const identifier = /^[A-Za-z_][\w.-]{0,255}$/;

/** The signature that is a child of the element, if any; a second one is refused. */
export function findSignature(element: Element): Element | undefined {
  const signatures = childElements(element).filter(({ localName }) => localName === 'Signature');
  if (signatures.length > 1)
    throw new SamlRefusal('unexpected_structure', `${element.localName} has several signatures`);
  const [signature] = signatures;
  if (signature && !isNamed(signature, namespaces.signature, 'Signature')) {
    throw new SamlRefusal('unexpected_structure', 'a Signature in a foreign namespace');
  }
  return signature;
}

/** Refuses signatures that are not a child of an element that may be signed: wrapping attacks move them. */
export function refuseForeignSignatures(root: Element, signed: readonly Element[]): void {
  for (const element of walk(root)) {
    if (element.localName === 'Signature' && !signed.includes(element.parentNode as Element)) {
      throw new SamlRefusal('unexpected_structure', 'a Signature in an unexpected place');
    }
  }
}

/**
 * Verifies the enveloped signature of `element`, a node of the document that `text` was parsed to, and returns the
 * element parsed from the very bytes that the signature covers. Callers read from the returned element alone.
 */
export function verifySignature(text: string, element: Element, certificates: readonly string[]): Element {
  const signature = findSignature(element);
  if (!signature) throw new SamlRefusal('not_signed', `${element.localName} has no signature`);
  const id = attributeOf(element, 'ID') ?? '';
  refuseUnusualSignature(signature, id);
  const key = signerOf(signature, usableKeys(certificates));
  if (!key)
    throw new SamlRefusal('signature_invalid', `the signature of ${element.localName} matches no trusted certificate`);
  const verified = signedBytes(text, signature, key);
  if (verified !== undefined) return sameElement(readXml(verified), element, id);
  throw new SamlRefusal('signature_invalid', `the content of ${element.localName} is not what was signed`);
}

function usableKeys(certificates: readonly string[]): KeyObject[] {
  const keys = certificates.slice(0, maximumCertificates).flatMap((certificate) => verificationKey(certificate) ?? []);
  if (keys.length === 0)
    throw new SamlRefusal('no_usable_certificate', 'no trusted RSA certificate of 2048 bits or more');
  return keys;
}

/** XML Signature is a language of its own; SAML needs one sentence of it (SAML core section 5.4). */
function refuseUnusualSignature(signature: Element, id: string): void {
  if (!identifier.test(id)) throw new SamlRefusal('unexpected_structure', 'the signed element has no usable ID');
  const [info, value, keyInfo, ...rest] = childElements(signature);
  expectNames([info, value], ['SignedInfo', 'SignatureValue']);
  if (rest.length > 0 || (keyInfo && !isNamed(keyInfo, namespaces.signature, 'KeyInfo'))) {
    throw new SamlRefusal('unexpected_structure', 'a Signature has more than SignedInfo, SignatureValue and KeyInfo');
  }
  refuseRepeatedParts(signature);
  const [canonicalization, method, reference, ...references] = childElements(info as Element);
  expectNames([canonicalization, method, reference], ['CanonicalizationMethod', 'SignatureMethod', 'Reference']);
  if (references.length > 0) throw new SamlRefusal('unexpected_structure', 'a signature has several references');
  expectAlgorithm(canonicalization as Element, canonicalizations);
  expectAlgorithm(method as Element, Object.values(signatureMethods));
  refuseUnusualReference(reference as Element, id);
  if (String(info).length > maximumSignedInfo) throw new SamlRefusal('message_too_large', 'SignedInfo is too long');
}

function refuseUnusualReference(reference: Element, id: string): void {
  if (attributeOf(reference, 'URI') !== `#${id}`) {
    throw new SamlRefusal('signature_not_over_this_element', 'the signature refers to another element');
  }
  const [transforms, digest, value, ...rest] = childElements(reference);
  expectNames([transforms, digest, value], ['Transforms', 'DigestMethod', 'DigestValue']);
  if (rest.length > 0) throw new SamlRefusal('unexpected_structure', 'a Reference has unexpected elements');
  expectAlgorithm(digest as Element, Object.values(digestMethods));
  const [first, second, ...others] = childElements(transforms as Element);
  expectNames([first], ['Transform']);
  expectAlgorithm(first as Element, [envelopedSignature]);
  if (second) {
    expectNames([second], ['Transform']);
    expectAlgorithm(second, canonicalizations);
  }
  if (others.length > 0) throw new SamlRefusal('algorithm_not_allowed', 'more than two transforms');
}

/** The library looks for these by name anywhere below the signature, so each name may occur once. */
function refuseRepeatedParts(signature: Element): void {
  const once = ['SignedInfo', 'SignatureValue', 'CanonicalizationMethod', 'SignatureMethod', 'Reference'];
  const names = [...walk(signature)].map(({ localName }) => localName);
  for (const name of [...once, 'Transforms', 'DigestMethod', 'DigestValue']) {
    if (names.filter((other) => other === name).length > 1) {
      throw new SamlRefusal('unexpected_structure', `a Signature has several ${name}`);
    }
  }
}

function expectNames(elements: (Element | undefined)[], names: string[]): void {
  for (const [place, name] of names.entries()) {
    const element = elements[place];
    if (!element || !isNamed(element, namespaces.signature, name)) {
      throw new SamlRefusal('unexpected_structure', `a Signature has no ${name} where it belongs`);
    }
  }
}

function expectAlgorithm(element: Element, allowed: readonly string[]): void {
  const algorithm = attributeOf(element, 'Algorithm') ?? '';
  const [parameter, ...others] = childElements(element);
  const isKnown = !parameter || isNamed(parameter, exclusive, 'InclusiveNamespaces');
  if (!allowed.includes(algorithm) || !isKnown || others.length > 0 || (parameter && textOf(parameter) !== '')) {
    throw new SamlRefusal('algorithm_not_allowed', `${element.localName}: ${algorithm.slice(0, 100)}`);
  }
}

/**
 * The key that signed SignedInfo. SignedInfo is short, so a message that no trusted key signed costs little, whatever
 * its size. The library alone would first canonicalize the whole element.
 */
function signerOf(signature: Element, keys: readonly KeyObject[]): KeyObject | undefined {
  const [info, value] = childElements(signature) as [Element, Element];
  const [canonicalization = '', method = ''] = childElements(info).map((child) => attributeOf(child, 'Algorithm'));
  const ancestorNamespaces = findAncestorNs(info.ownerDocument, pathOf(info));
  const octets = restricted(new SignedXml()).getCanonXml([canonicalization], info, { ancestorNamespaces });
  const bytes = Buffer.from(textOf(value), 'base64');
  return keys.find((key) =>
    createVerify(hashes[method] ?? '')
      .update(octets)
      .verify(key, bytes),
  );
}

/** An XPath that does not walk through the whole document. No other Signature is at the same depth. */
function pathOf(info: Element): string {
  let depth = 0;
  for (let node = info.parentNode; node?.parentNode; node = node.parentNode) depth += 1;
  return `${'/*'.repeat(depth)}[local-name()='Signature']/*[local-name()='SignedInfo']`;
}

function signedBytes(text: string, signature: Element, key: KeyObject): string | undefined {
  const publicCert = key.export({ format: 'pem', type: 'spki' });
  const verifier = restricted(new SignedXml({ publicCert, getCertFromKeyInfo: () => null }));
  // The only one of SAML. IDs in another spelling that repeat were refused, and each is a walk through the document.
  verifier.idAttributes = ['ID'];
  try {
    verifier.loadSignature(signature);
    if (!verifier.checkSignature(text)) return undefined;
    const [bytes, ...others] = verifier.getSignedReferences();
    return others.length === 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Takes every algorithm that is not on the allowlist out of the library, behind the check of the names above. */
function restricted(signedXml: SignedXml): SignedXml {
  const only = <T>(algorithms: Record<string, T>, allowed: readonly string[]): Record<string, T> =>
    Object.fromEntries(Object.entries(algorithms).filter(([name]) => allowed.includes(name)));
  signedXml.SignatureAlgorithms = only(signedXml.SignatureAlgorithms, Object.values(signatureMethods));
  signedXml.HashAlgorithms = only(signedXml.HashAlgorithms, Object.values(digestMethods));
  signedXml.CanonicalizationAlgorithms = only(signedXml.CanonicalizationAlgorithms, [
    ...canonicalizations,
    envelopedSignature,
  ]);
  return signedXml;
}

function sameElement(verified: Element, element: Element, id: string): Element {
  const same = isNamed(verified, element.namespaceURI ?? '', element.localName) && attributeOf(verified, 'ID') === id;
  if (!same) throw new SamlRefusal('signature_not_over_this_element', 'the signed bytes are of another element');
  return verified;
}

/** Signs the element with that ID; the signature is placed after its Issuer, as the schema has it. */
export function signElement(text: string, id: string, { privateKey, certificate, algorithm }: SigningKey): string {
  const signer = restricted(
    new SignedXml({
      privateKey,
      signatureAlgorithm: signatureMethods[algorithm],
      canonicalizationAlgorithm: exclusive,
      getKeyInfoContent: () =>
        `<ds:X509Data><ds:X509Certificate>${certificateBody(certificate)}</ds:X509Certificate></ds:X509Data>`,
    }),
  );
  const place = `//*[@ID='${id}']`;
  const transforms = [envelopedSignature, exclusive];
  signer.addReference({ xpath: place, transforms, digestAlgorithm: digestMethods[algorithm] });
  const issuer = `${place}/*[local-name(.)='Issuer' and namespace-uri(.)='${namespaces.assertion}']`;
  const hasIssuer = hasIssuerChild(text, id);
  signer.computeSignature(text, {
    prefix: 'ds',
    location: hasIssuer ? { reference: issuer, action: 'after' } : { reference: place, action: 'prepend' },
  });
  return signer.getSignedXml();
}

function hasIssuerChild(text: string, id: string): boolean {
  const element = [...walk(readXml(text))].find((candidate) => attributeOf(candidate, 'ID') === id);
  return element !== undefined && childrenNamed(element, namespaces.assertion, 'Issuer').length > 0;
}

/** The signature of the octets of a query (HTTP-Redirect binding, SAML bindings section 3.4.4.1), in base64. */
export function signOctets(octets: string, { privateKey, algorithm }: SigningKey): string {
  return createSign(algorithm === 'rsa-sha256' ? 'sha256' : 'sha512')
    .update(octets)
    .sign(privateKey, 'base64');
}

export function signatureMethodOf(algorithm: SigningAlgorithm): string {
  return signatureMethods[algorithm];
}

export function verifyOctets(
  octets: string,
  { signature, method, certificates }: { signature: string; method: string; certificates: readonly string[] },
): void {
  const hash = Object.hasOwn(hashes, method) ? hashes[method] : undefined;
  if (!hash) throw new SamlRefusal('algorithm_not_allowed', `SigAlg: ${method.slice(0, 100)}`);
  const bytes = Buffer.from(signature, 'base64');
  const valid = usableKeys(certificates).some((key) => createVerify(hash).update(octets).verify(key, bytes));
  if (!valid) throw new SamlRefusal('signature_invalid', 'the signature of the query matches no trusted certificate');
}
