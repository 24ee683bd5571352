/**
 * `npm run bench -- --only saml`: SAML responses verified, refused and written, by the service alone: no HTTP, no
 * database.
 */
import {
  createResponse,
  createSamlKeyPair,
  type ExpectedResponse,
  nameIdFormats,
  SamlRefusal,
  verifyResponse,
} from '../server/src/services/saml/index.ts';
import { hostileMessages } from '../test/saml/hostile-messages.ts';
import { encode, makeWorld, signedAssertion } from '../test/saml/messages.ts';
import { table } from './table.ts';

export const samlId = 'saml';
/** Milliseconds, for 99 of 100. */
const aim = 50;
const issuer = 'https://idp.example.com/metadata';
const audience = 'https://sp.example.com/metadata';
const acsUrl = 'https://sp.example.com/acs';

type Measured = [name: string, operation: () => unknown];

/** Verifies and writes responses of a usual size, with 20 groups. Returns a table. */
export async function measureSaml({ count }: { count: number }): Promise<string> {
  const now = new Date();
  const validity = { notBefore: now, notAfter: new Date(now.getTime() + 86_400_000) };
  const [keys, partner] = await Promise.all([createSamlKeyPair('idp', validity), createSamlKeyPair('sp', validity)]);
  const write = (options: { encryptFor?: string; signResponse: boolean }) =>
    createResponse({
      ...{ responseId: '_response', assertionId: '_assertion', inResponseTo: '_request', issuedAt: now, lifetime: 300 },
      ...{ issuer, audience, acsUrl },
      nameId: { value: 'ada', format: nameIdFormats.persistent },
      session: {
        index: 'session',
        authenticatedAt: now,
        endsAt: new Date(now.getTime() + 3_600_000),
        context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      },
      attributes: [{ name: 'groups', values: Array.from({ length: 20 }, (_, group) => `group ${group}`) }],
      signing: { ...keys, algorithm: 'rsa-sha256' },
      ...options,
    });
  const expected: ExpectedResponse = {
    ...{ inResponseTo: '_request', issuer, audience, acsUrl, now },
    certificates: [keys.certificate],
    decryptionKeys: [partner.privateKey],
  };
  const verify = (xml: string) => {
    const samlResponse = Buffer.from(xml).toString('base64');
    return () => verifyResponse({ samlResponse, expected });
  };
  const encrypted = { encryptFor: partner.certificate, signResponse: false };
  const rows: readonly Measured[] = [
    ['Response verified: assertion and response signed', verify(write({ signResponse: true }))],
    ['Response verified: assertion signed and encrypted', verify(write(encrypted))],
    ['Response written: assertion and response signed', () => write({ signResponse: true })],
    ...(await refusals()),
  ];
  return table(
    ['SAML', 'Median', '99 %', 'Aim (99 %)'],
    rows.map(([name, operation]) => {
      const { median, high } = timesOf(operation, count);
      return [name, milliseconds(median), milliseconds(high), milliseconds(aim)];
    }),
  );
}

/** What attackers send costs no more than what providers send. */
async function refusals(): Promise<Measured[]> {
  const world = await makeWorld();
  const refuse = (samlResponse: string, expected = world.expected) => {
    try {
      verifyResponse({ samlResponse, expected });
    } catch (error) {
      if (error instanceof SamlRefusal) return;
      throw error;
    }
    throw new Error('A hostile message was accepted.');
  };
  const hostile = hostileMessages.map(({ message }) => message(world));
  let turn = 0;
  const value = `<saml:AttributeValue>${'group'.repeat(5)}</saml:AttributeValue>`;
  const attributes = `<saml:AttributeStatement><saml:Attribute Name="groups">${value.repeat(3000)}</saml:Attribute></saml:AttributeStatement>`;
  const large = encode(signedAssertion(world, { attributes }, { key: world.foreign.privateKey }));
  const certificates = Array.from({ length: 10 }, () => world.keys.certificate);
  return [
    [
      `Response refused: ${hostile.length} hostile ones in turn`,
      () => {
        turn += 1;
        refuse(hostile[turn % hostile.length] ?? '');
      },
    ],
    ['Response refused: 200 kB, ten certificates, none fits', () => refuse(large, { ...world.expected, certificates })],
  ];
}

const milliseconds = (value: number) => `${value.toFixed(1)} ms`;

function timesOf(operation: () => unknown, count: number): { median: number; high: number } {
  for (let turn = 0; turn < Math.min(50, count); turn += 1) operation();
  const times = Array.from({ length: count }, () => {
    const begun = performance.now();
    operation();
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  return { median: times[Math.floor(count / 2)] ?? 0, high: times[Math.floor(count * 0.99)] ?? 0 };
}
