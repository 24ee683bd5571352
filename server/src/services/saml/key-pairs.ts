import { createSign, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

export interface SamlKeyPair {
  /** PEM (PKCS #8); stored encrypted. */
  privateKey: string;
  /** A self-signed certificate as PEM. */
  certificate: string;
}

interface Validity {
  notBefore: Date;
  notAfter: Date;
}

const makeKeys = promisify(generateKeyPair);
const maximumCommonName = 64;

/**
 * A new RSA key of 2048 bits with a self-signed certificate. SAML uses certificates as containers of keys: partners
 * compare them with their copy, and no authority signs them.
 */
export async function createSamlKeyPair(commonName: string, validity: Validity): Promise<SamlKeyPair> {
  const { publicKey, privateKey } = await makeKeys('rsa', { modulusLength: 2048 });
  const content = certificateContent(commonName, validity, publicKey.export({ format: 'der', type: 'spki' }));
  const signature = createSign('sha256').update(content).sign(privateKey);
  const certificate = sequence(content, signatureAlgorithm, value(tags.bitString, Buffer.from([0]), signature));
  return { privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), certificate: pem(certificate) };
}

// The encoding of a certificate (RFC 5280 section 4.1, DER of X.690), written and never read here. @peculiar/x509,
// which is installed with the library of passkeys, would need reflect-metadata in every process.
const tags = {
  integer: 0x02,
  bitString: 0x03,
  nothing: 0x05,
  objectId: 0x06,
  text: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

function value(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const bytes = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  const length = content.length < 0x80 ? bytes : Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

const sequence = (...parts: Uint8Array[]) => value(tags.sequence, ...parts);
const objectId = (hexadecimal: string) => value(tags.objectId, Buffer.from(hexadecimal, 'hex'));
// 1.2.840.113549.1.1.11, sha256WithRSAEncryption; and 2.5.4.3, commonName.
const signatureAlgorithm = sequence(objectId('2a864886f70d01010b'), value(tags.nothing));
const commonNameId = objectId('550403');

function certificateContent(commonName: string, { notBefore, notAfter }: Validity, publicKey: Uint8Array): Buffer {
  const text = Buffer.from(commonName.slice(0, maximumCommonName).toWellFormed());
  const name = sequence(value(tags.set, sequence(commonNameId, value(tags.text, text))));
  const version = value(tags.version, value(tags.integer, Buffer.from([2])));
  // 20 bytes that start with a positive one: the longest serial number that is allowed.
  const serial = value(tags.integer, Buffer.from([0x40]), randomBytes(19));
  return sequence(
    version,
    serial,
    signatureAlgorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
  );
}

/** Years before 2050 have two digits (RFC 5280 section 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? value(tags.utcTime, Buffer.from(digits.slice(2)))
    : value(tags.generalizedTime, Buffer.from(digits));
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
