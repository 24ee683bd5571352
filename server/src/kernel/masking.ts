/** The replacement for a masked value. */
export const masked = '******';

/** Names (lowercase, without `_` and `-`) of values that give access. */
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

/** Maximum depth and members: an entry must stay small. */
const maximumDepth = 8;
const maximumText = 2048;

/** Text that PostgreSQL's JSON accepts: no NUL, no unpaired surrogate. */
export const plainText = (text: string): string => {
  const whole = text.length > maximumText ? `${text.slice(0, maximumText)}…` : text;
  return whole.toWellFormed().replaceAll('\0', '');
};

/** Characters left for the value in the entry. */
export interface Room {
  left: number;
}

/**
 * The value with every secret replaced, at any depth, and long texts truncated.
 * @param room the size limit of the whole value; the rest is dropped and marked with `…`
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
