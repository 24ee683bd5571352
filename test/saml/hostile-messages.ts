import type { SamlRefusalReason } from '../../server/src/services/saml/index.ts';
import { content, inName, type Row } from './hostile-content.ts';
import { uncanonicalized, unparsed } from './hostile-sizes.ts';
import {
  algorithms,
  assertionXml,
  attacker,
  conditionsXml,
  encode,
  encrypted,
  encryptedAssertion,
  idp,
  parts,
  responseXml,
  signatureIn,
  signed,
  signedAssertion,
  signedResponse,
  sp,
  user,
  type World,
} from './messages.ts';

/** A message that no service provider may accept, and the reasons for which ours refuses it. */
export interface Hostile {
  name: string;
  group: 'wrapping' | 'markup' | 'size' | 'signature' | 'encryption' | 'content';
  message: (world: World) => string;
  reasons: SamlRefusalReason[];
}

const evil = (xml: string) => xml.replaceAll(user, attacker);
const without = (xml: string) => xml.replace(signatureIn(xml), '');
const assertionIn = (xml: string) => /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';
const renamed = (xml: string, id: string) => xml.replace(/ ID="[^"]*"/, ` ID="${id}"`);
const insideSignature = (xml: string, more: string) =>
  xml.replace('</Signature>', `<Object>${more}</Object></Signature>`);
const object = (more: string) => `<Object xmlns="http://www.w3.org/2000/09/xmldsig#">${more}</Object>`;

/** The parts of an attack on a signed assertion: the response around it, the original, and the forged one. */
function pieces(world: World) {
  const response = signedAssertion(world);
  const original = assertionIn(response);
  const forged = renamed(evil(without(original)), '_evil');
  return {
    original,
    forged,
    signature: signatureIn(original),
    wrap: (inner: string) => response.replace(original, inner),
  };
}

// The eight places of signature wrapping (Somorovsky et al., "On Breaking SAML", 2012), and more of their kind.
const wrapping: Row[] = [
  [
    'XSW1: forged response around, the original inside its signature',
    (world) => {
      const original = signedResponse(world);
      const forged = renamed(evil(original), '_evil').replace('_assertion-1', '_evil-assertion');
      return insideSignature(forged, without(original));
    },
    'unexpected_structure',
    'wrong_number_of_assertions',
  ],
  [
    'XSW2: forged response, the original beside the detached signature',
    (world) => {
      const original = signedResponse(world);
      const forged = renamed(evil(without(original)), '_evil').replace('_assertion-1', '_evil-assertion');
      return forged.replace('<samlp:Status>', `${without(original)}${signatureIn(original)}<samlp:Status>`);
    },
    'wrong_number_of_assertions',
    'unexpected_structure',
  ],
  [
    'XSW3: forged assertion before the original',
    (w) => pieces(w).wrap(pieces(w).forged + pieces(w).original),
    'wrong_number_of_assertions',
  ],
  [
    'XSW4: forged assertion around the original',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged.replace('</saml:Assertion>', `${original}</saml:Assertion>`));
    },
    'wrong_number_of_assertions',
  ],
  [
    'XSW5: forged assertion with the signature, the original behind it',
    (w) => {
      const { original, wrap } = pieces(w);
      return wrap(renamed(evil(original), '_evil') + without(original));
    },
    'wrong_number_of_assertions',
  ],
  [
    'XSW6: forged assertion with the signature, the original inside the signature',
    (w) => {
      const { original, wrap } = pieces(w);
      return wrap(insideSignature(renamed(evil(original), '_evil'), without(original)));
    },
    'wrong_number_of_assertions',
  ],
  [
    'XSW7: forged assertion inside Extensions',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(original).replace('<samlp:Status>', `<samlp:Extensions>${forged}</samlp:Extensions><samlp:Status>`);
    },
    'wrong_number_of_assertions',
  ],
  [
    'XSW8: the original in an Object of the forged assertion',
    (w) => {
      const { original, forged, signature, wrap } = pieces(w);
      const moved = signature.replace('</Signature>', `${object(without(original))}</Signature>`);
      return wrap(forged.replace('</saml:Issuer>', `</saml:Issuer>${moved}`));
    },
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion after the original',
    (w) => pieces(w).wrap(pieces(w).original + pieces(w).forged),
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion with the ID of the original',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(renamed(forged, '_assertion-1') + original);
    },
    'duplicate_id',
  ],
  [
    'forged assertion, the original in its Advice',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged.replace('<saml:AuthnStatement', `<saml:Advice>${original}</saml:Advice><saml:AuthnStatement`));
    },
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion, the original in StatusDetail',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged).replace(
        '</samlp:Status>',
        `<samlp:StatusDetail>${original}</samlp:StatusDetail></samlp:Status>`,
      );
    },
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion, the original in an attribute value',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged.replace('<saml:AttributeValue>', `<saml:AttributeValue>${original}`));
    },
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion beside an encrypted one',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged + encrypted(original, w.decryption.certificate));
    },
    'wrong_number_of_assertions',
  ],
  [
    'forged assertion in a foreign namespace with the original',
    (w) => {
      const { original, forged, wrap } = pieces(w);
      return wrap(forged.replace('urn:oasis:names:tc:SAML:2.0:assertion', 'urn:other') + original);
    },
    'wrong_number_of_assertions',
  ],
  [
    'two assertions, both signed',
    (w) =>
      pieces(w).wrap(
        pieces(w).original +
          signed(assertionXml(parts(w.now, { assertionId: '_second' })), '_second', { key: w.keys.privateKey }),
      ),
    'wrong_number_of_assertions',
  ],
  [
    'no assertion, signed',
    (w) => signed(responseXml(parts(w.now), ''), '_response-1', { key: w.keys.privateKey }),
    'wrong_number_of_assertions',
  ],
  [
    'a signed response inside a forged response',
    (w) => {
      const inner = signedResponse(w);
      return responseXml(parts(w.now, { responseId: '_evil' }), inner);
    },
    'wrong_number_of_assertions',
  ],
  [
    'the signature refers to an ID with another spelling of the attribute',
    (w) => {
      const { original, wrap } = pieces(w);
      return wrap(renamed(evil(original), '_evil')).replace('<samlp:Status>', '<samlp:Status Id="_assertion-1">');
    },
    'signature_not_over_this_element',
  ],
];

const doctype = (declaration: string, xml: string) => `<!DOCTYPE samlp:Response ${declaration}>${xml}`;
const laughs = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join(
  '',
);

const markup: Row[] = [
  [
    'a comment in the signed name',
    (w) => signedAssertion(w).replace(user, `${attacker}<!---->.example.org`),
    'forbidden_markup',
  ],
  [
    'a comment that cuts the signed name',
    (w) => signedAssertion(w, inName(`${attacker}.evil.com`)).replace(`${attacker}.`, `${attacker}<!-- -->.`),
    'forbidden_markup',
  ],
  [
    'a comment that cuts a signed attribute',
    (w) => signedAssertion(w).replace('staff', 'st<!-- -->aff'),
    'forbidden_markup',
  ],
  [
    'a comment that cuts the signed audience',
    (w) =>
      signedAssertion(w, { conditions: conditionsXml(w.now, { audiences: [[`${sp}.evil.com`]] }) }).replace(
        `${sp}.`,
        `${sp}<!-- -->.`,
      ),
    'forbidden_markup',
  ],
  [
    'a comment that cuts the signed issuer',
    (w) =>
      signedAssertion(w, { issuer: `<saml:Issuer>${idp}.evil.com</saml:Issuer>` }).replace(
        `${idp}.`,
        `${idp}<!-- -->.`,
      ),
    'forbidden_markup',
  ],
  [
    'a comment in the digest',
    (w) => signedAssertion(w).replace('<DigestValue>', '<DigestValue><!--AAAA-->'),
    'forbidden_markup',
  ],
  [
    'a processing instruction that cuts the name',
    (w) => signedAssertion(w, inName(`${attacker}<?x y?>.evil.com`)),
    'forbidden_markup',
  ],
  [
    'a CDATA section that cuts the name',
    (w) => signedAssertion(w, inName(`${attacker}.evil.com`)).replace(`${attacker}.`, `${attacker}<![CDATA[.]]>`),
    'forbidden_markup',
  ],
  [
    'an element that cuts the name',
    (w) => signedAssertion(w, inName(`${attacker}<b/>.evil.com`)),
    'unexpected_structure',
  ],
  ['a document type', (w) => doctype('', signedAssertion(w)), 'forbidden_markup'],
  [
    'an internal entity as the name',
    (w) => doctype(`[<!ENTITY who "${attacker}">]`, signedAssertion(w)).replace(user, '&who;'),
    'forbidden_markup',
  ],
  [
    'an external entity',
    (w) => doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', signedAssertion(w)).replace(user, '&x;'),
    'forbidden_markup',
  ],
  [
    'a parameter entity',
    (w) => doctype('[<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]', signedAssertion(w)),
    'forbidden_markup',
  ],
  [
    'entities that multiply',
    (w) => doctype(`[<!ENTITY l0 "lol">${laughs}]`, signedAssertion(w)).replace('staff', '&l9;'),
    'forbidden_markup',
  ],
  [
    'a default value for attributes',
    (w) => doctype('[<!ATTLIST saml:Assertion ID CDATA "_evil">]', signedAssertion(w)),
    'forbidden_markup',
  ],
  ['an unknown entity', (w) => signedAssertion(w).replace('readers', 'readers&nbsp;'), 'forbidden_markup'],
  [
    'a character that XML does not allow',
    (w) => signedAssertion(w).replace('readers', 'readers&#0;'),
    'forbidden_markup',
  ],
  [
    'two root elements',
    (w) => `${signedAssertion(w)}${signedAssertion(w, { responseId: '_r2', assertionId: '_a2' })}`,
    'malformed_message',
  ],
  ['text after the document', (w) => `${signedAssertion(w)}text`, 'malformed_message'],
  [
    'an attribute twice',
    (w) => signedAssertion(w).replace('<samlp:Response ', '<samlp:Response ID="_evil" '),
    'malformed_message',
    'duplicate_id',
  ],
  ['a document that does not end', (w) => signedAssertion(w).slice(0, -20), 'malformed_message'],
  [
    '60 elements in each other',
    (w) => signedAssertion(w, { rest: '<x>'.repeat(60) + '</x>'.repeat(60) }),
    'unexpected_structure',
  ],
];

const changed = (from: string | RegExp, to: string) => (w: World) => signedAssertion(w).replace(from, to);
const withMethod = (signing: Parameters<typeof signedAssertion>[2]) => (w: World) => signedAssertion(w, {}, signing);

const signature: Row[] = [
  ['no signature', (w) => without(signedAssertion(w)), 'not_signed'],
  ['no signature, forged name', (w) => evil(without(signedAssertion(w))), 'not_signed'],
  ['a forged name under the signature', (w) => evil(signedAssertion(w)), 'signature_invalid'],
  ['a forged name in a signed response', (w) => evil(signedResponse(w)), 'signature_invalid'],
  ['an added group', changed('staff', 'admins'), 'signature_invalid'],
  ['a key of the attacker', (w) => signedAssertion(w, {}, { key: w.foreign.privateKey }), 'signature_invalid'],
  [
    'a key of the attacker with its certificate in KeyInfo',
    (w) => signedAssertion(w, {}, { key: w.foreign.privateKey, certificate: w.foreign.certificate }),
    'signature_invalid',
  ],
  [
    'HMAC with the certificate as the secret',
    (w) => signedAssertion(w, {}, { key: w.keys.certificate, method: algorithms.hmacSha1, hmac: true }),
    'algorithm_not_allowed',
  ],
  ['RSA with SHA-1', withMethod({ method: algorithms.rsaSha1 }), 'algorithm_not_allowed'],
  ['a digest with SHA-1', withMethod({ digest: algorithms.sha1 }), 'algorithm_not_allowed'],
  [
    'a signed response with SHA-1',
    (w) => signedResponse(w, {}, { method: algorithms.rsaSha1, digest: algorithms.sha1 }),
    'algorithm_not_allowed',
  ],
  [
    'canonicalization with comments',
    withMethod({
      transforms: [algorithms.enveloped, algorithms.withComments],
      canonicalization: algorithms.withComments,
    }),
    'algorithm_not_allowed',
  ],
  [
    'a transform by XSLT',
    changed(
      `<Transform Algorithm="${algorithms.exclusive}"/>`,
      '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
    ),
    'algorithm_not_allowed',
  ],
  [
    'a transform by XPath',
    changed(
      `<Transform Algorithm="${algorithms.exclusive}"/>`,
      '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>1</XPath></Transform>',
    ),
    'algorithm_not_allowed',
  ],
  [
    'three transforms',
    withMethod({ transforms: [algorithms.enveloped, algorithms.exclusive, algorithms.exclusive] }),
    'algorithm_not_allowed',
  ],
  ['an empty reference', changed('URI="#_assertion-1"', 'URI=""'), 'signature_not_over_this_element'],
  [
    'a reference to another element',
    changed('URI="#_assertion-1"', 'URI="#_response-1"'),
    'signature_not_over_this_element',
  ],
  [
    'a reference outside of the document',
    changed('URI="#_assertion-1"', 'URI="https://evil.example.com/x"'),
    'signature_not_over_this_element',
  ],
  ['no reference', changed(/<Reference[\s\S]*<\/Reference>/, ''), 'unexpected_structure'],
  ['two references', changed(/<Reference[\s\S]*<\/Reference>/, '$&$&'), 'unexpected_structure'],
  ['two SignedInfo', changed(/<SignedInfo>[\s\S]*<\/SignedInfo>/, '$&$&'), 'unexpected_structure'],
  [
    'two digests',
    changed(/<DigestValue>.*<\/DigestValue>/, '<DigestValue>AAAA</DigestValue>$&'),
    'unexpected_structure',
  ],
  [
    'two signatures',
    (w) => signedAssertion(w).replace(/<Signature[\s\S]*<\/Signature>/, '$&$&'),
    'unexpected_structure',
  ],
  [
    'an empty signature value',
    changed(/<SignatureValue>[\s\S]*<\/SignatureValue>/, '<SignatureValue/>'),
    'signature_invalid',
  ],
  [
    'a signature in a foreign namespace',
    changed('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"', '<Signature xmlns="urn:other"'),
    'unexpected_structure',
  ],
  ['an Object in the signature', (w) => insideSignature(signedAssertion(w), 'x'), 'unexpected_structure'],
  [
    'a valid assertion in a response with an invalid signature',
    (w) => {
      const part = parts(w.now);
      const inner = responseXml(part, signed(assertionXml(part), part.assertionId, { key: w.keys.privateKey }));
      return signed(inner, part.responseId, { key: w.foreign.privateKey });
    },
    'signature_invalid',
  ],
  [
    'the signature of a subject alone',
    (w) => {
      const part = parts(w.now);
      const marked = assertionXml(part).replace('<saml:Subject>', `<saml:Subject ID="_subject">${part.issuer}`);
      return responseXml(part, signed(marked, '_subject', { key: w.keys.privateKey }));
    },
    'unexpected_structure',
  ],
  [
    'an ID that leaves the search for the element',
    (w) => signedAssertion(w).replaceAll('_assertion-1', "x' or '1'='1"),
    'unexpected_structure',
    'duplicate_id',
  ],
];

const encryption: Row[] = [
  [
    'an encrypted assertion without a signature',
    (w) => responseXml(parts(w.now), encrypted(assertionXml(parts(w.now)), w.decryption.certificate)),
    'decryption_failed',
  ],
  [
    'an encrypted assertion signed by the attacker',
    (w) => encryptedAssertion(w, { key: w.foreign.privateKey, certificate: w.foreign.certificate }),
    'decryption_failed',
  ],
  [
    'an encrypted assertion signed with SHA-1',
    (w) => encryptedAssertion(w, { method: algorithms.rsaSha1 }),
    'decryption_failed',
  ],
  [
    'an encrypted assertion with a digest of SHA-1',
    (w) => encryptedAssertion(w, { digest: algorithms.sha1 }),
    'decryption_failed',
  ],
  [
    'an encrypted assertion signed by HMAC with the certificate',
    (w) => encryptedAssertion(w, { key: w.keys.certificate, method: algorithms.hmacSha1, hmac: true }),
    'decryption_failed',
  ],
  [
    'a comment inside an encrypted assertion',
    (w) =>
      responseXml(
        parts(w.now),
        encrypted(assertionIn(signedAssertion(w)).replace(user, `${attacker}<!-- -->`), w.decryption.certificate),
      ),
    'decryption_failed',
  ],
  [
    'a document type inside an encrypted assertion',
    (w) => responseXml(parts(w.now), encrypted(doctype('', assertionIn(signedAssertion(w))), w.decryption.certificate)),
    'decryption_failed',
  ],
  [
    'two assertions inside one encrypted one',
    (w) => responseXml(parts(w.now), encrypted(pieces(w).forged + pieces(w).original, w.decryption.certificate)),
    'decryption_failed',
  ],
  [
    'a wrapped assertion inside an encrypted one',
    (w) =>
      responseXml(
        parts(w.now),
        encrypted(
          pieces(w).forged.replace('</saml:Assertion>', `${pieces(w).original}</saml:Assertion>`),
          w.decryption.certificate,
        ),
      ),
    'decryption_failed',
  ],
  [
    'key transport by PKCS #1 v1.5',
    (w) => encryptedAssertion(w, {}, { transport: 'rsa-1_5' }),
    'algorithm_not_allowed',
  ],
  [
    'content encrypted with 3DES',
    (w) => encryptedAssertion(w, {}, { content: 'tripledes-cbc' }),
    'algorithm_not_allowed',
  ],
  [
    'an assertion encrypted for another',
    (w) => responseXml(parts(w.now), encrypted(assertionIn(signedAssertion(w)), w.foreign.certificate)),
    'decryption_failed',
  ],
  [
    'two encrypted assertions',
    (w) => {
      const one = encrypted(assertionIn(signedAssertion(w)), w.decryption.certificate);
      return responseXml(parts(w.now), one + one);
    },
    'wrong_number_of_assertions',
  ],
  [
    'an encrypted name',
    (w) =>
      signedAssertion(w, {
        nameId: `<saml:EncryptedID>${encrypted('<x/>', w.decryption.certificate).replaceAll(/<\/?saml:EncryptedAssertion>/g, '')}</saml:EncryptedID>`,
      }),
    'encryption_not_supported',
  ],
];

const groups = { wrapping, markup, size: [...unparsed, ...uncanonicalized], signature, encryption, content };

export const hostileMessages: Hostile[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([name, message, ...reasons]) => ({
    name,
    group: group as Hostile['group'],
    message: (world) => encode(message(world)),
    reasons,
  })),
);
