import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { certificateBody } from './certificates.ts';
import { namespaces } from './names.ts';
import { SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, findChild, getChild, textOf, walk } from './xml.ts';

interface Cipher {
  name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc';
  keyLength: number;
  mode: 'gcm' | 'cbc';
}

const xenc11 = 'http://www.w3.org/2009/xmlenc11#';
const ciphers: Record<string, Cipher> = {
  [`${xenc11}aes128-gcm`]: { name: 'aes-128-gcm', keyLength: 16, mode: 'gcm' },
  [`${xenc11}aes256-gcm`]: { name: 'aes-256-gcm', keyLength: 32, mode: 'gcm' },
  // Entra ID and AD FS encrypt with CBC alone. Its malleability is met by one answer to every failure after decryption.
  [`${namespaces.encryption}aes128-cbc`]: { name: 'aes-128-cbc', keyLength: 16, mode: 'cbc' },
  [`${namespaces.encryption}aes256-cbc`]: { name: 'aes-256-cbc', keyLength: 32, mode: 'cbc' },
};
const oaepMgf1p = `${namespaces.encryption}rsa-oaep-mgf1p`;
const oaep = `${xenc11}rsa-oaep`;
const sha1 = `${namespaces.signature}sha1`;
const sha256 = `${namespaces.encryption}sha256`;

/**
 * Decrypts the one EncryptedData below `container` (an EncryptedAssertion) with the first of the keys that fits.
 * RSA with PKCS #1 v1.5 padding and 3DES are refused (https://www.w3.org/TR/xmlenc-core1/#sec-Alg-KeyTransport).
 */
export function decryptElement(container: Element, privateKeys: readonly string[]): string {
  const data = getChild(container, namespaces.encryption, 'EncryptedData');
  const cipher = cipherOf(data);
  const encryptedKey = onlyEncryptedKey(container);
  const oaepHash = oaepHashOf(encryptedKey);
  const wrapped = cipherValue(encryptedKey);
  const content = cipherValue(data);
  for (const key of privateKeys) {
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return open(content, privateDecrypt({ key, padding, oaepHash }, wrapped), cipher);
    } catch {
      // The next key may fit: an operator keeps the previous one while providers change theirs.
    }
  }
  throw new SamlRefusal('decryption_failed', 'no key decrypts the assertion');
}

function cipherOf(data: Element): Cipher {
  const algorithm = attributeOf(getChild(data, namespaces.encryption, 'EncryptionMethod'), 'Algorithm') ?? '';
  const cipher = Object.hasOwn(ciphers, algorithm) ? ciphers[algorithm] : undefined;
  if (!cipher) throw new SamlRefusal('algorithm_not_allowed', `EncryptedData: ${algorithm.slice(0, 100)}`);
  return cipher;
}

function onlyEncryptedKey(container: Element): Element {
  const [key, ...others] = [...walk(container)].filter(({ localName }) => localName === 'EncryptedKey');
  if (!key || others.length > 0 || key.namespaceURI !== namespaces.encryption) {
    throw new SamlRefusal('unexpected_structure', 'not exactly one EncryptedKey');
  }
  return key;
}

function oaepHashOf(encryptedKey: Element): 'sha1' | 'sha256' {
  const method = getChild(encryptedKey, namespaces.encryption, 'EncryptionMethod');
  const algorithm = attributeOf(method, 'Algorithm') ?? '';
  const digestMethod = findChild(method, namespaces.signature, 'DigestMethod');
  const digest = digestMethod ? attributeOf(digestMethod, 'Algorithm') : sha1;
  const mask = findChild(method, xenc11, 'MGF');
  const maskHash = mask ? attributeOf(mask, 'Algorithm') : `${xenc11}mgf1sha1`;
  // Node's OAEP uses one hash for both; as a padding without signature, SHA-1 has no known weakness here.
  if ((algorithm === oaepMgf1p || algorithm === oaep) && digest === sha1 && maskHash === `${xenc11}mgf1sha1`)
    return 'sha1';
  if (algorithm === oaep && digest === sha256 && maskHash === `${xenc11}mgf1sha256`) return 'sha256';
  throw new SamlRefusal('algorithm_not_allowed', `EncryptedKey: ${algorithm.slice(0, 100)}`);
}

function cipherValue(element: Element): Buffer {
  const value = textOf(
    getChild(getChild(element, namespaces.encryption, 'CipherData'), namespaces.encryption, 'CipherValue'),
  );
  return Buffer.from(value, 'base64');
}

function open(content: Buffer, key: Buffer, { name, keyLength, mode }: Cipher): string {
  if (key.length !== keyLength) throw new SamlRefusal('decryption_failed', 'the key has another length');
  const plain = mode === 'gcm' ? openGcm(content, key, name) : openCbc(content, key, name);
  return new TextDecoder('utf-8', { fatal: true }).decode(plain);
}

function openGcm(content: Buffer, key: Buffer, name: string): Buffer {
  const cipher = createDecipheriv(name as 'aes-256-gcm', key, content.subarray(0, 12), { authTagLength: 16 });
  cipher.setAuthTag(content.subarray(-16));
  return Buffer.concat([cipher.update(content.subarray(12, -16)), cipher.final()]);
}

/** The padding of XML Encryption: the last byte counts, the others have any value, so Node's own check does not fit. */
function openCbc(content: Buffer, key: Buffer, name: string): Buffer {
  const cipher = createDecipheriv(name, key, content.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([cipher.update(content.subarray(16)), cipher.final()]);
  const length = padded.at(-1) ?? 0;
  if (length < 1 || length > 16) throw new SamlRefusal('decryption_failed', 'the padding is wrong');
  return padded.subarray(0, -length);
}

/** Encrypts an element for the holder of the certificate: AES-256-GCM, the key with RSA-OAEP. */
export function encryptElement(xml: string, certificate: string): string {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const content = Buffer.concat([iv, cipher.update(xml, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const publicKey = createPublicKey(new X509Certificate(certificate).publicKey.export({ format: 'pem', type: 'spki' }));
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha1' }, key);
  const value = (bytes: Buffer) =>
    `<xenc:CipherData><xenc:CipherValue>${bytes.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
  return (
    `<xenc:EncryptedData xmlns:xenc="${namespaces.encryption}" Type="${namespaces.encryption}Element">` +
    `<xenc:EncryptionMethod Algorithm="${xenc11}aes256-gcm"/>` +
    `<ds:KeyInfo xmlns:ds="${namespaces.signature}"><xenc:EncryptedKey>` +
    `<xenc:EncryptionMethod Algorithm="${oaepMgf1p}"><ds:DigestMethod Algorithm="${sha1}"/></xenc:EncryptionMethod>` +
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateBody(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
    `${value(wrapped)}</xenc:EncryptedKey></ds:KeyInfo>${value(content)}</xenc:EncryptedData>`
  );
}

/** Refuses encrypted parts other than whole assertions: names and attributes that are encrypted by themselves. */
export function refuseEncryptedParts(assertion: Element): void {
  for (const element of walk(assertion)) {
    if (element.localName?.startsWith('Encrypted')) {
      throw new SamlRefusal('encryption_not_supported', `${element.localName} inside an assertion`);
    }
  }
  if (childElements(assertion).length === 0) throw new SamlRefusal('unexpected_structure', 'an empty assertion');
}
