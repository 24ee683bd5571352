import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { SamlRefusal, verifyResponse } from '../../server/src/services/saml/index.ts';
import { type Hostile, hostileMessages } from './hostile-messages.ts';
import { uncanonicalized, unparsed } from './hostile-sizes.ts';
import {
  acs,
  algorithms,
  encode,
  encryptedAssertion,
  idp,
  makeWorld,
  signedAssertion,
  signedResponse,
  sp,
  user,
  type World,
} from './messages.ts';

let world: World;
/** Before each suite, not at the start of the process: the library compares with the time of the system. */
const makeTheWorld = async () => {
  world = await makeWorld();
};

const accept = (samlResponse: string) => verifyResponse({ samlResponse, expected: world.expected });

function refusalOf(message: string): SamlRefusal {
  try {
    accept(message);
  } catch (error) {
    assert.ok(error instanceof SamlRefusal, `threw ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'the message was accepted' });
}

describe('messages of honest providers', () => {
  before(makeTheWorld);
  const honest: [string, () => string][] = [
    ['a signed assertion', () => signedAssertion(world)],
    ['a signed response', () => signedResponse(world)],
    ['a signature with SHA-512', () => signedAssertion(world, {}, { method: algorithms.rsaSha512 })],
    [
      'inclusive canonicalization',
      () => signedAssertion(world, {}, { transforms: [algorithms.enveloped, algorithms.inclusive] }),
    ],
    ['an encrypted assertion', () => encryptedAssertion(world)],
    ['an encrypted assertion in CBC mode', () => encryptedAssertion(world, {}, { content: 'aes256-cbc' })],
    ['an XML declaration', () => `<?xml version="1.0" encoding="UTF-8"?>\n${signedAssertion(world)}`],
  ];
  for (const [name, message] of honest) {
    test(`accepts ${name} and returns what was signed`, () => {
      const { nameId, attributes, sessionIndex } = accept(encode(message()));
      assert.deepEqual(
        { nameId, attributes, sessionIndex },
        { nameId: user, attributes: { groups: ['staff', 'readers'] }, sessionIndex: 's-1' },
      );
    });
  }

  test('joins the values of an attribute that is repeated, in order, and leaves out values that consist of elements', () => {
    const attribute = (name: string, values: string) => `<saml:Attribute Name="${name}">${values}</saml:Attribute>`;
    const value = (content: string) => `<saml:AttributeValue>${content}</saml:AttributeValue>`;
    const statement = (...each: string[]) => `<saml:AttributeStatement>${each.join('')}</saml:AttributeStatement>`;
    const groups = Array.from({ length: 500 }, (_, at) => `group ${at}`);
    const repeated = [
      statement(
        attribute('groups', value('staff') + value('readers')),
        attribute('mail', value('ada@example.com')),
        attribute('groups', value('<other/>') + value('writers')),
      ),
      statement(...groups.map((group) => attribute('groups', value(group))), attribute('none', '')),
    ];
    const { attributes } = accept(encode(signedAssertion(world, { attributes: repeated.join('') })));
    assert.deepEqual(attributes, {
      groups: ['staff', 'readers', 'writers', ...groups],
      mail: ['ada@example.com'],
      none: [],
    });
  });

  // security: saml-conditions
  test('accepts the answer to no request only where none is expected', () => {
    const drop = (text: string) => text.replaceAll(/ InResponseTo="[^"]*"/g, '');
    const data = drop(`NotOnOrAfter="${new Date(world.now.getTime() + 300_000).toISOString()}" Recipient="${acs}"`);
    const confirmation = `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData ${data}/></saml:SubjectConfirmation>`;
    const samlResponse = encode(signedAssertion(world, { responseInResponseTo: '', confirmation }));
    const expected = { ...world.expected, inResponseTo: undefined };
    assert.equal(verifyResponse({ samlResponse, expected }).nameId, user);
    assert.throws(() => verifyResponse({ samlResponse: encode(signedAssertion(world)), expected }), {
      reason: 'in_response_to_mismatch',
    });
  });
});

describe('hostile messages', () => {
  before(makeTheWorld);
  // security: saml-signed-node, saml-algorithms, saml-conditions
  for (const { name, group, message, reasons } of hostileMessages) {
    test(`refuses a message (${group}): ${name}`, () => {
      const { reason } = refusalOf(message(world));
      assert.ok(reasons.includes(reason), `refused as ${reason}, expected ${reasons}`);
    });
  }

  // security: saml-signed-node
  for (const [name, message] of unparsed)
    test(`parses nothing of ${name}`, (context) => {
      const samlResponse = encode(message(world));
      const { mock } = context.mock.method(DOMParser.prototype, 'parseFromString');
      refusalOf(samlResponse);
      assert.equal(mock.callCount(), 0);
    });

  // security: saml-signed-node
  for (const [name, message] of uncanonicalized)
    test(`canonicalizes no content with ${name}`, (context) => {
      const samlResponse = encode(message(world));
      const { mock } = context.mock.method(SignedXml.prototype, 'checkSignature');
      refusalOf(samlResponse);
      assert.equal(mock.callCount(), 0);
      accept(encode(signedAssertion(world)));
      assert.equal(mock.callCount(), 1);
    });

  for (const [name, message] of [
    ['text that is not base64', '!!!'],
    ['an empty message', ''],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x3c]).toString('base64')],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.equal(refusalOf(message).reason, 'malformed_message');
    });
  }

  // security: saml-algorithms
  test('refuses every message when no trusted certificate has a key of 2048 bits', () => {
    const expected = { ...world.expected, certificates: [weakCertificate] };
    assert.throws(() => verifyResponse({ samlResponse: encode(signedAssertion(world)), expected }), {
      reason: 'no_usable_certificate',
    });
  });

  test('are refused as the table of decision 0018 says, with and without this layer', async (context) => {
    const honest = { ...(hostileMessages[0] as Hostile), message: (w: World) => encode(signedAssertion(w)) };
    assert.equal(await libraryAccepts(honest), user);
    const results = await Promise.all(
      hostileMessages.map(async (hostile) => ({ ...hostile, accepted: await libraryAccepts(hostile) })),
    );
    for (const { group, name, accepted } of results)
      if (accepted !== undefined) context.diagnostic(`accepted by the library: ${group}: ${name}`);
    const rowOf = (name: string, rows: typeof results) => {
      const alone = rows.filter(({ accepted }) => accepted === undefined).length;
      const here = rows.filter((hostile) => refusalOf(hostile.message(world))).length;
      return `| ${name} | ${rows.length} | ${alone} | ${here} |`;
    };
    const xsw = results.filter(({ name }) => name.startsWith('XSW'));
    const table = [
      rowOf('Signature wrapping XSW1 to XSW8', xsw),
      ...Object.entries(attacks).map(([group, name]) =>
        rowOf(
          name,
          results.filter((hostile) => hostile.group === group && !xsw.includes(hostile)),
        ),
      ),
      rowOf('All', results),
    ].join('\n');
    const decision = await readFile(new URL('docs/decisions/0018-saml-reads-the-signed-bytes.md', root), 'utf8');
    assert.ok(decision.includes(table), `the table is now\n${table}`);
    const otherNames = results.filter(({ accepted }) => accepted !== undefined && accepted !== user).length;
    const sentence = `Of the ${results.filter(({ accepted }) => accepted !== undefined).length} that the library accepts, ${otherNames} sign in with another name`;
    assert.ok(decision.includes(sentence), `now it is: ${sentence}`);
  });
});

/** The groups as the decision names them. */
const attacks: Record<Hostile['group'], string> = {
  wrapping: 'Several assertions, other wrapping',
  markup: 'Comments, CDATA, elements inside names, document types, entities, not well-formed',
  size: 'Sizes: elements, depth, namespaces, prefixes, content under a foreign signature',
  signature: 'Signatures: none, foreign keys, weak algorithms, references, repeated parts',
  encryption: 'Encrypted assertions: weak ciphers, hostile content inside',
  content: 'Audience, recipient, issuer, request, times, status, subject, structure',
};
const root = new URL('../../', import.meta.url);

async function libraryAccepts({ message }: Hostile): Promise<string | undefined> {
  const library = new SAML({
    idpCert: world.keys.certificate,
    idpIssuer: idp,
    issuer: sp,
    audience: sp,
    callbackUrl: acs,
    entryPoint: 'https://idp.example.com/sso',
    decryptionPvk: world.decryption.privateKey,
    wantAssertionsSigned: false,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: 60_000,
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (key) => (key === world.expected.inResponseTo ? world.now.toISOString() : null),
      removeAsync: async (key) => key,
    },
  });
  try {
    const { profile } = await library.validatePostResponseAsync({ SAMLResponse: message(world) });
    return profile?.nameID ?? '';
  } catch {
    return undefined;
  }
}

const weakCertificate = `-----BEGIN CERTIFICATE-----
MIIB/DCCAWWgAwIBAgIULVl7U1uKBncWkK3LT5L51CI6s7cwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEd2VhazAgFw0yNjExMzAxOTA2MDNaGA8yMTI2MTEwNjE5
MDYwM1owDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC
gYEAqa7riTkYeAdHjHAQ6lJdDHrLdMz2LB3dX0H7eDGGoCmJJeQIyVRzcRU8f1YR
LMsCNcV1vTjuW01z9/tkTvtGDOLlHhoi2xe0/MP5IWmC/u+KskVGIsCDGYPX171M
sr4s5t14XeiYhtho38V8qKJEnwViplwDBjPqqaR7V9kH7HsCAwEAAaNTMFEwHQYD
VR0OBBYEFCn8UP7s0X2xOuqquqkb9dkGTVacMB8GA1UdIwQYMBaAFCn8UP7s0X2x
Ouqquqkb9dkGTVacMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA
c6g9yb+t90S3Hj2mYOOyOzU58/ueWK42vwBSlAXsDcbo2mZ874xumfs8G7BCVPnG
J772K6+O0DGsqsmbcRUXGboMWjdOayN8c/5+fZ03XKfNN9jcNs260/pCxbSPyAf+
7BEpsxJAdstEZeSoXZ4BOEIeKCcXEQzVeVlZ/Ug+9IA=
-----END CERTIFICATE-----`;
