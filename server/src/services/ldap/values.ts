/** Values of a directory's entries: attributes by name, identifiers, and names in distinguished names. Pure. */

/** An entry as the server sent it. */
export interface LdapEntry {
  dn: string;
  /** By the name in lowercase, without options such as `;range=0-1499`. */
  attributes: ReadonlyMap<string, readonly Buffer[]>;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

const textOf = (value: Buffer): string | undefined => {
  try {
    return decoder.decode(value);
  } catch {
    return undefined; // binary
  }
};

/** The values of an attribute that are text. */
export const textsOf = ({ attributes }: LdapEntry, name: string): string[] =>
  (attributes.get(name.toLowerCase()) ?? [])
    .map(textOf)
    .filter((value) => value !== undefined && value !== '') as string[];

/** Attributes of Active Directory that hold a GUID in its binary form. */
const guids: ReadonlySet<string> = new Set(['objectguid', 'ms-ds-consistencyguid', 'mssds-consistencyguid']);

/**
 * The one value of an attribute that identifies a person, as text: a GUID of Active Directory in its usual spelling,
 * text as it is, other binary values in base64url. Undefined if there is no value, or more than one.
 */
export function identifierOf({ attributes }: LdapEntry, name: string): string | undefined {
  const [value, ...others] = attributes.get(name.toLowerCase()) ?? [];
  if (!value || value.length === 0 || others.length > 0) return undefined;
  if (guids.has(name.toLowerCase()) && value.length === 16) return guidOf(value);
  return textOf(value) ?? value.toString('base64url');
}

/** The first three fields are little-endian ([MS-DTYP] section 2.3.4.2). */
function guidOf(bytes: Buffer): string {
  const ordered = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => bytes.subarray(at, at + 1));
  const digits = Buffer.concat(ordered).toString('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The value of the first relative distinguished name, e.g. `Engineers, Berlin` of
 * `cn=Engineers\, Berlin,ou=groups,dc=example` (RFC 4514 section 3). Undefined for a value in hexadecimal form.
 */
export function firstNameOf(dn: string): string | undefined {
  const start = dn.indexOf('=') + 1;
  if (start === 0 || dn[start] === '#') return undefined;
  const bytes: Buffer[] = [];
  for (let at = start; at < dn.length && dn[at] !== ',' && dn[at] !== '+'; at += 1) {
    const hex = dn[at] === '\\' ? /^[\da-f]{2}/i.exec(dn.slice(at + 1, at + 3))?.[0] : undefined;
    if (hex) bytes.push(Buffer.from(hex, 'hex'));
    else if (dn[at] === '\\') bytes.push(Buffer.from(dn[at + 1] ?? ''));
    else bytes.push(Buffer.from(dn[at] as string, 'utf8'));
    if (dn[at] === '\\') at += hex ? 2 : 1;
  }
  const value = textOf(Buffer.concat(bytes))?.trim();
  return value || undefined;
}
