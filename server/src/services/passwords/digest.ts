/**
 * The algorithm of a stored password. The first eight are those of the wire contract, the rest are Aldaba's own
 * (docs/moving.md).
 */
export type PasswordAlgorithm =
  | 'Argon2i'
  | 'Argon2id'
  | 'Argon2d'
  | 'SHA1'
  | 'SHA256'
  | 'MD5'
  | 'Bcrypt'
  | 'Legacy'
  | 'Pbkdf2'
  | 'Scrypt'
  | 'Auth0'
  | 'Django'
  | 'Firebase'
  | 'Keycloak';

/** A stored password: a PHC string (argon2id) or a foreign digest with its algorithm. */
export interface PasswordDigest {
  digest: string;
  algorithm: PasswordAlgorithm;
}
