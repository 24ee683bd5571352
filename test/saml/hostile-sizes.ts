import type { Row } from './hostile-content.ts';
import { attacker, signedAssertion, user, type World } from './messages.ts';

const declarations = (count: number) =>
  Array.from({ length: count }, (_, place) => ` xmlns:n${place}="urn:n"`).join('');
const nested = (count: number, start: (place: number) => string, end: (place: number) => string) =>
  Array.from({ length: count }, (_, place) => start(place)).join('') +
  Array.from({ length: count }, (_, place) => end(count - 1 - place)).join('');
const prefixes = (more: string) => `<InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#"${more}`;
/** Inside the method that canonicalizes SignedInfo. */
const canonicalizing = (content: string) => (world: World) =>
  signedAssertion(world).replace(
    /(<CanonicalizationMethod [^>]*)\/>/,
    (_, start) => `${start}>${content}</CanonicalizationMethod>`,
  );

/** Refused before a parser copies namespaces from level to level. */
export const unparsed: Row[] = [
  [
    '6,000 elements in each other, each with a namespace',
    (w) =>
      signedAssertion(w).replace(
        '<samlp:Status>',
        `${nested(
          6000,
          (place) => `<n${place}:x xmlns:n${place}="u">`,
          (place) => `</n${place}:x>`,
        )}$&`,
      ),
    'unexpected_structure',
  ],
  [
    '5,000 namespaces of one element',
    (w) => signedAssertion(w).replace('<samlp:Status', `<x${declarations(5000)}/>$&`),
    'message_too_large',
  ],
  [
    'a start tag that looks like a whole element',
    (w) => signedAssertion(w).replace('<samlp:Status', `<x a="/><y/>">$&`),
    'malformed_message',
  ],
  [
    'end tags before the document, to hide depth',
    (w) => '</x>'.repeat(60) + signedAssertion(w, { rest: '<x>'.repeat(60) + '</x>'.repeat(60) }),
    'malformed_message',
  ],
  ['11,000 elements', (w) => signedAssertion(w, { rest: '<x/>'.repeat(11_000) }), 'message_too_large'],
  ['more than 256 kB', (w) => signedAssertion(w, { rest: `<x>${'x'.repeat(300_000)}</x>` }), 'message_too_large'],
];

/** Refused before the content is canonicalized. */
export const uncanonicalized: Row[] = [
  [
    'a list of 20,000 prefixes',
    canonicalizing(prefixes(` PrefixList="${'p '.repeat(20_000)}"/>`)),
    'message_too_large',
  ],
  ['2,000 lists of prefixes', canonicalizing(prefixes('/>').repeat(2000)), 'algorithm_not_allowed'],
  [
    'elements inside a list of prefixes',
    canonicalizing(`${prefixes('>')}${'<x/>'.repeat(5000)}</InclusiveNamespaces>`),
    'algorithm_not_allowed',
    'unexpected_structure',
  ],
  [
    'a digest of 100 kB',
    (w) =>
      signedAssertion(w).replace(/<DigestValue>.*<\/DigestValue>/, `<DigestValue>${'A'.repeat(100_000)}</DigestValue>`),
    'message_too_large',
  ],
  [
    '3,000 groups under a foreign signature',
    (w) => {
      const groups = '<saml:AttributeValue>a group of people</saml:AttributeValue>'.repeat(3000);
      const attributes = `<saml:AttributeStatement><saml:Attribute Name="groups">${groups}</saml:Attribute></saml:AttributeStatement>`;
      return signedAssertion(w, { attributes }, { key: w.foreign.privateKey }).replaceAll(user, attacker);
    },
    'signature_invalid',
  ],
];
