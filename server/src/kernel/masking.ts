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

/** Characters that a value may still take in the log. */
export interface Room {
  left: number;
}

/**
 * The value with every secret in it replaced, at any depth, and long texts cut.
 * @param room what the whole value may take; what no longer fits is left out, and `…` says so
 */
export function mask(value: unknown, room: Room = { left: 65_536 }, depth = 0): unknown {
  if (typeof value === 'string') return take(plainText(value), room);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth >= maximumDepth) return '…';
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value.slice(0, 100)) {
      if (room.left <= 0) return [...items, '…'];
      room.left -= perMember;
      items.push(mask(item, room, depth + 1));
    }
    return items;
  }
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (room.left <= 0) {
      members.push(['…', '…']);
      break;
    }
    room.left -= perMember;
    const isHidden = isSecret(name) && member !== null && member !== undefined;
    members.push([take(plainText(name), room), isHidden ? masked : mask(member, room, depth + 1)]);
  }
  return Object.fromEntries(members);
}

/** Quotes, comma and colon, and a number or a literal. */
const perMember = 12;

function take(text: string, room: Room): string {
  const fitting = text.length > room.left ? `${text.slice(0, Math.max(0, room.left)).toWellFormed()}…` : text;
  room.left -= text.length;
  return fitting;
}
