import fc from 'fast-check';
import { attacker } from './messages.ts';

// Snippets that attackers insert; the places and their combinations are random.
const snippets = [
  '<!---->',
  '<!-- x -->',
  '<![CDATA[x]]>',
  '<?x y?>',
  '&#x61;',
  '&amp;',
  '&x;',
  attacker,
  '<saml:NameID>admin@example.com</saml:NameID>',
  '<saml:Assertion ID="_evil"/>',
  '<saml:EncryptedAssertion/>',
  '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
  ' ID="_assertion-1"',
  ' xmlns="urn:other"',
  ' xmlns:saml="urn:other"',
  '\u0000',
  '"',
  '<',
  '>',
  '\r\n',
  ' ',
];

/** A place in a text, as a share of its length. */
export const place = fc.double({ min: 0, max: 1, noNaN: true });

const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    from: place,
    text: fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: 'binary' })),
  }),
  fc.record({ kind: fc.constant('delete' as const), from: place, length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('copy' as const), from: place, to: place, length: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ kind: fc.constant('element' as const), from: place, to: place }),
  fc.record({ kind: fc.constant('forge' as const) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

/** Some changes that are applied one after the other. */
export const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

/**
 * Applies the changes to a message. `element` puts a forged copy of a whole element between tags, `forge` changes the
 * message where it is.
 * @param forge puts what the attacker wants in the place of what was signed
 */
export function mutate(xml: string, changes: readonly Mutation[], forge: (text: string) => string): string {
  return changes.reduce((text, change) => applied(text, change, forge), xml);
}

function applied(xml: string, change: Mutation, forge: (text: string) => string): string {
  if (change.kind === 'forge') return forge(xml);
  const at = (share: number) => Math.floor(share * xml.length);
  if (change.kind === 'insert') return xml.slice(0, at(change.from)) + change.text + xml.slice(at(change.from));
  if (change.kind === 'delete') return xml.slice(0, at(change.from)) + xml.slice(at(change.from) + change.length);
  const elements = [...xml.matchAll(/<([\w:]+)[^>]*>(?:[^<]*<\/\1>|[\s\S]*?<\/\1>)/g)].map(([element]) => element);
  const piece =
    change.kind === 'copy'
      ? xml.slice(at(change.from), at(change.from) + change.length)
      : forge(elements[Math.floor(change.from * elements.length)] ?? '');
  const between = change.kind === 'element' ? xml.indexOf('<', at(change.to)) : at(change.to);
  return xml.slice(0, between) + piece + xml.slice(between);
}
