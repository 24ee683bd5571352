/** What stands in the log for a value that must not be there. */
export const masked = '******';

/** Names (lower case, without `_` and `-`) whose values open something. */
const secretNames = new Set([
  'assertion',
  'authorization',
  'backupcode',
  'clientassertion',
  'code',
  'codeverifier',
  'connectordata',
  'cookie',
  'credential',
  'idtokenhint',
  'passworddigest',
  'passwordhash',
  'payloadjwt',
  'privatekey',
  'setcookie',
  'signingkey',
  'verificationcode',
]);
const secretEndings = ['password', 'secret', 'token'];

const isSecret = (name: string): boolean => {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  return secretNames.has(plain) || secretEndings.some((ending) => plain.endsWith(ending));
};

/** Levels and members beyond this say nothing to an auditor, and a log entry has to stay small. */
const maximumDepth = 8;
const maximumText = 2048;

/** A text that PostgreSQL's JSON takes: no NUL, no half of a character. */
export const plainText = (text: string): string => {
  const whole = text.length > maximumText ? `${text.slice(0, maximumText)}…` : text;
  return whole.toWellFormed().replaceAll('\0', '');
};

/** The value with every secret in it replaced, at any depth, and long texts cut. */
export function mask(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return plainText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth >= maximumDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => mask(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      plainText(name),
      isSecret(name) && member !== null && member !== undefined ? masked : mask(member, depth + 1),
    ]),
  );
}
