/**
 * Values that Active Directory sends in parts ([MS-ADTS] section 3.1.1.3.1.3.3): an answer with `memberOf;range=0-1499`
 * is continued by asking for `memberOf;range=1500-*`, until the server sends `*` as the end.
 */
import type { Attribute } from 'ldapts';
import { LdapError } from './errors.ts';
import type { LdapEntry } from './values.ts';

/** Values of one attribute that are read, and bytes of what an entry sends in parts: answers are limited one by one. */
const maximumValues = 50_000;
const maximumBytes = 8_388_608;

/** An attribute as the server sent it: its name may have a range. */
type Part = Pick<Attribute, 'type' | 'parsedBuffers'>;

/** @param read asks for an attribute of the entry @throws LdapError */
export async function completeEntry(
  { name, attributes }: { name: string; attributes: readonly Part[] },
  read: (attribute: string) => Promise<readonly Part[]>,
): Promise<LdapEntry> {
  const found = new Map<string, Buffer[]>();
  let bytes = 0;
  for (const attribute of attributes) {
    const [type = ''] = attribute.type.toLowerCase().split(';');
    const values = found.get(type) ?? [];
    for (const value of attribute.parsedBuffers) values.push(value);
    // With a range, the server also sends the attribute itself, without values.
    found.set(type, values);
    let next = nextOf(attribute.type);
    while (next !== undefined) {
      const parts = await read(`${type};range=${next}-*`);
      const part = parts.find((each) => each.type.toLowerCase().startsWith(`${type};range=${next}-`));
      // Parts without values could follow each other for ever.
      if (!part || part.parsedBuffers.length === 0)
        throw new LdapError('broken', `The directory did not send all values of ${type}`);
      for (const value of part.parsedBuffers) bytes += value.length;
      if (bytes > maximumBytes || values.length + part.parsedBuffers.length > maximumValues)
        throw new LdapError('size', `The values of ${type} are more than are read`);
      for (const value of part.parsedBuffers) values.push(value);
      const before: number = next;
      next = nextOf(part.type);
      if (next !== undefined && next <= before) throw new LdapError('broken', `The values of ${type} have no end`);
    }
  }
  return { dn: name, attributes: found };
}

/** The first value of the next part, if there is one. */
function nextOf(type: string): number | undefined {
  const [, last] = /;range=\d+-(\d+)$/i.exec(type) ?? [];
  return last === undefined ? undefined : Number(last) + 1;
}
