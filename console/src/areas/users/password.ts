const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_!%';
const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[-_!%]/];

/** A random password of 20 characters (about 118 bits) with letters of both cases, a digit and a symbol. */
export function generatePassword(): string {
  for (;;) {
    // Bytes above the largest multiple of the alphabet's length would favor its first characters.
    const bytes = crypto.getRandomValues(new Uint8Array(64)).filter((byte) => byte < 256 - (256 % alphabet.length));
    const password = Array.from(bytes.subarray(0, 20), (byte) => alphabet[byte % alphabet.length]).join('');
    if (password.length === 20 && kinds.every((kind) => kind.test(password))) return password;
  }
}
