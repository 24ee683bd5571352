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
  /** The server cannot answer now. */
  | 'busy'
  /** The connection ended, or the answer is not LDAP. */
  | 'broken'
  /** Another result code of the server. */
  | 'refused';

interface LdapErrorOptions extends ErrorOptions {
  resultCode?: number | undefined;
  state?: LdapAccountState | undefined;
}

/**
 * What a directory says about an account besides a wrong password. `locked` also follows a wrong password, the others
 * only the right one.
 */
export type LdapAccountState = 'locked' | 'password-expired' | 'disabled';

/** A directory could not be asked. The message names no person and no secret. */
export class LdapError extends Error {
  readonly reason: LdapReason;
  /** Of the account that the bind was for. */
  readonly state: LdapAccountState | undefined;
  /** The result code of the server (RFC 4511 section 4.1.9), if it answered. */
  readonly resultCode: number | undefined;
  constructor(reason: LdapReason, message: string, options?: LdapErrorOptions) {
    super(message, options);
    this.name = 'LdapError';
    this.reason = reason;
    this.state = options?.state;
    this.resultCode = options?.resultCode;
  }
}

const reasons: Readonly<Record<number, LdapReason>> = {
  3: 'time',
  4: 'size',
  8: 'confidentiality',
  // A referral: the base is on another server, which is not asked.
  10: 'not-found',
  11: 'size',
  13: 'confidentiality',
  32: 'not-found',
  48: 'credentials',
  49: 'credentials',
  50: 'access',
  51: 'busy',
  52: 'busy',
};

/** Windows error codes, in hexadecimal, that Active Directory adds to result code 49. */
const windowsStates: Readonly<Record<string, LdapAccountState>> = {
  '530': 'disabled', // not at this hour
  '531': 'disabled', // not from this computer
  '532': 'password-expired',
  '533': 'disabled',
  '701': 'disabled', // the account has expired
  '773': 'password-expired', // must be changed before the first sign-in
  '775': 'locked',
};

/** Errors of the password policy control (draft-behera-ldap-password-policy section 6.2) that a bind can have. */
const policyStates: Readonly<Record<number, LdapAccountState>> = {
  0: 'password-expired',
  1: 'locked',
  2: 'password-expired', // must be changed after a reset
};

/** @param policyError of the password policy control */
export function accountStateOf(diagnostic: string, policyError: number | undefined): LdapAccountState | undefined {
  const [, code = ''] = /\bdata ([\da-f]{3,4}),/i.exec(diagnostic) ?? [];
  return policyStates[policyError ?? -1] ?? windowsStates[code.toLowerCase()];
}

/**
 * What a result code of the server means. The diagnostic message is the server's own text: it is cut, and printed on
 * one line.
 */
export function resultError(resultCode: number, diagnostic: string, state?: LdapAccountState): LdapError {
  const told = diagnostic.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  const message = `The directory answered with result code ${resultCode}${told === '' ? '' : `: ${told.slice(0, 200)}`}`;
  return new LdapError(reasons[resultCode] ?? 'refused', message, { resultCode, state });
}
