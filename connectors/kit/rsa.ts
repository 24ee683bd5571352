import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ConnectorError } from './errors.ts';

/** A private key in one of the forms that providers' tools write, perhaps without its first and last line. */
const readPrivateKey = (text: string): KeyObject | undefined => {
  const inside = text.replaceAll(/-----[A-Z ]+-----/g, '').replaceAll(/\s/g, '');
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key: Buffer.from(inside, 'base64'), format: 'der', type });
    } catch {
      // The other form, or none: the message of the last failure would quote nothing of use.
    }
  }
  return undefined;
};

/** Whether a text is an RSA private key (PKCS #8 or PKCS #1, base64, with or without the lines of PEM). */
export const isRsaPrivateKey = (text: string): boolean => readPrivateKey(text)?.asymmetricKeyType === 'rsa';

/**
 * An RSA signature with PKCS #1 v1.5 padding, in base64.
 * @throws ConnectorError `invalid_config` for a key that is none
 */
export const signRsa = (hash: 'SHA-1' | 'SHA-256', privateKey: string, text: string): string => {
  const key = readPrivateKey(privateKey);
  if (key?.asymmetricKeyType !== 'rsa')
    throw new ConnectorError('invalid_config', {
      problems: [{ path: 'privateKey', message: 'is not an RSA private key' }],
    });
  return sign(`RSA-${hash.replace('-', '')}`, Buffer.from(text), key).toString('base64');
};
