/** Why a directory could not be asked, in one word that callers decide by. */
export type LdapReason =
  /** The address is not public, and not allowed. */
  | 'address'
  | 'unreachable'
  | 'time'
  /** The TLS handshake failed, or the certificate is not trusted or not the host's. */
  | 'tls'
  /** The server does not offer StartTLS. */
  | 'starttls'
  /** The server asks for TLS before a bind. */
  | 'confidentiality'
  | 'credentials'
  /** The account of the connector itself was refused. */
  | 'account'
  | 'not-found'
  | 'access'
  /** The answer is larger than the limit of the client, or the server cut it at its own. */
  | 'size'
  /** The connection ended, or the answer is not LDAP. */
  | 'broken'
  /** Another result code of the server. */
  | 'refused';

/** A directory could not be asked. The message names no person and no secret. */
export class LdapError extends Error {
  readonly reason: LdapReason;
  /** The result code of the server (RFC 4511 section 4.1.9), if it answered. */
  readonly resultCode: number | undefined;
  constructor(reason: LdapReason, message: string, options?: ErrorOptions & { resultCode?: number }) {
    super(message, options);
    this.name = 'LdapError';
    this.reason = reason;
    this.resultCode = options?.resultCode;
  }
}

const reasons: Readonly<Record<number, LdapReason>> = {
  3: 'time',
  4: 'size',
  8: 'confidentiality',
  11: 'size',
  13: 'confidentiality',
  32: 'not-found',
  48: 'credentials',
  49: 'credentials',
  50: 'access',
};

/**
 * What a result code of the server means. The diagnostic message is the server's own text: it is cut, and printed on
 * one line.
 */
export function resultError(resultCode: number, diagnostic: string): LdapError {
  const told = diagnostic.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  const message = `The directory answered with result code ${resultCode}${told === '' ? '' : `: ${told.slice(0, 200)}`}`;
  return new LdapError(reasons[resultCode] ?? 'refused', message, { resultCode });
}
