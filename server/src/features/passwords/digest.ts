/** A password as it is stored: a PHC string (argon2id) or a foreign digest with its algorithm. */
export interface PasswordDigest {
  digest: string;
  algorithm: 'Argon2i' | 'Argon2id' | 'Argon2d' | 'SHA1' | 'SHA256' | 'MD5' | 'Bcrypt' | 'Legacy';
}
