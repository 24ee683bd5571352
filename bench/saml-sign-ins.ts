/**
 * `npm run bench -- --only saml-sign-ins`: complete sign-ins with a company's SAML provider over HTTP, from the
 * authorization request to the code. The load generator plays the provider, whose work is not the server's.
 */
import { inflateRawSync } from 'node:zlib';
import {
  createResponse,
  createSamlKeyPair,
  nameIdFormats,
  type SamlKeyPair,
} from '../server/src/services/saml/index.ts';
import { divideCores, stayOn } from './cores.ts';
import { beginSignIn, type Target } from './flows.ts';
import { type Operation, runLoad } from './load.ts';
import { type Sample, summarize, takeSample } from './measurement.ts';
import { startOwnServer } from './own-server.ts';
import { fill, managementApi } from './seed.ts';
import { integer, table } from './table.ts';

export const samlSignInsId = 'saml-sign-ins';
const signIns = 600;
const people = 200;
const issuer = 'https://idp.acme.example/metadata';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

interface Setup {
  root: string;
  flags: string[];
  effort: number;
  runs: number;
}

/** The connector, and the keys of both sides. */
interface Company {
  connectorId: string;
  acsPath: string;
  keys: SamlKeyPair;
  /** Encrypts assertions for the server. */
  certificate: string | undefined;
}

/** Measures sign-ins of users who have an account, with signed and with encrypted assertions. Returns a table. */
export async function measureSamlSignIns({ effort, runs, ...setup }: Setup): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const cores = divideCores();
  stack.use(stayOn(cores.rest));
  const parallel = 16 * cores.serverCount;
  const { subject, client } = await startOwnServer({ ...setup, cores: cores.server, maxSockets: parallel }, stack);
  const { fixtures, managementToken } = await fill(subject, client, 1);
  const endpoints = { discovery: '', keys: '', token: '/oidc/token', userinfo: '/oidc/me' };
  const target: Target = { client, endpoints, fixtures, tokens: [], managementToken };
  const company = await connectCompany(target);
  const operations = Math.ceil(signIns * effort) * cores.serverCount;
  const rows: string[][] = [];
  for (const [name, certificate] of [
    ['assertion signed', undefined],
    ['assertion signed and encrypted', company.certificate],
  ] as const) {
    const operation = signIn(target, { ...company, certificate });
    // Creates the accounts too.
    await runLoad(operation, Math.max(operations, people), parallel);
    const samples: Sample[] = [];
    for (let run = 0; run < runs; run += 1)
      samples.push(await takeSample({ subject, operation }, operations, parallel));
    const { perSecond, p50, p95, cpu, statements } = summarize(samples, 0);
    rows.push([name, integer(perSecond), integer(p50), integer(p95), integer(cpu), statements.toFixed(1)]);
  }
  const many = cores.serverCount === 1 ? 'core' : 'cores';
  const title = `SAML sign-in, server on ${cores.serverCount} ${many}, ${parallel} at a time`;
  return table([title, 'per s', 'p50 ms', 'p95 ms', 'CPU µs', 'SQL'], rows);
}

async function connectCompany({ client, managementToken }: Target): Promise<Company> {
  const call = managementApi(client, managementToken);
  const now = Date.now();
  const validity = { notBefore: new Date(now - 86_400_000), notAfter: new Date(now + 86_400_000) };
  const keys = await createSamlKeyPair('company', validity);
  const connector = await call<{ id: string; providerConfig: { serviceProvider: { acsUrl: string } } }>(
    'POST',
    '/sso-connectors',
    {
      ...{ providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'] },
      config: { entityId: issuer, signInEndpoint: 'https://idp.acme.example/sso', x509Certificate: keys.certificate },
    },
  );
  await call('PATCH', '/sign-in-exp', { singleSignOnEnabled: true });
  const { id: connectorId, providerConfig } = connector;
  const headers = { authorization: `Bearer ${managementToken}` };
  const path = `/api/sso-connectors/${connectorId}/signing-keys`;
  const answer = await client.send({ method: 'GET', path, headers }, 200);
  const [key] = JSON.parse(answer.body.toString()) as { certificate: string }[];
  const { pathname } = new URL(providerConfig.serviceProvider.acsUrl);
  return { connectorId, acsPath: pathname, keys, certificate: key?.certificate };
}

/** A browser's way to the company and back. */
function signIn(target: Target, company: Company): Operation {
  const { client, fixtures } = target;
  const post = (path: string, fields: Record<string, string>) => ({
    method: 'POST',
    path,
    headers: { ...form, accept: 'text/html', origin: client.origin },
    body: new URLSearchParams(fields).toString(),
  });
  return async (_worker, count) => {
    const address = `person${count % people}@acme.example`;
    const { browser } = await beginSignIn(target);
    const begun = await browser.send(post('/single-sign-on/email', { app_id: fixtures.spa.id, address }), 303);
    const { searchParams: asked } = new URL(begun.headers.location ?? '');
    const SAMLResponse = answerTo(asked.get('SAMLRequest') ?? '', address, company);
    const fields = { SAMLResponse, RelayState: asked.get('RelayState') ?? '' };
    // From the provider's page: without cookies. The form that comes back goes to the server's own origin.
    await client.send(post(company.acsPath, fields), 200);
    const done = await browser.send(post(`/callback/saml/${company.connectorId}`, fields), 303);
    await browser.followToCode(done.headers.location ?? '');
  };
}

/** The response for a person with 20 groups, in base64. */
function answerTo(request: string, address: string, { keys, certificate }: Company): string {
  const xml = inflateRawSync(Buffer.from(request, 'base64')).toString();
  const read = (pattern: RegExp) => pattern.exec(xml)?.[1] ?? '';
  const now = new Date();
  const id = crypto.randomUUID();
  const response = createResponse({
    ...{ responseId: `_r${id}`, assertionId: `_a${id}`, inResponseTo: read(/ ID="([^"]+)"/), issuedAt: now },
    ...{ issuer, audience: read(/<saml:Issuer>([^<]+)</), acsUrl: read(/AssertionConsumerServiceURL="([^"]+)"/) },
    lifetime: 300,
    nameId: { value: address, format: nameIdFormats.emailAddress },
    session: {
      index: id,
      authenticatedAt: now,
      endsAt: new Date(+now + 28_800_000),
      context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    },
    attributes: [{ name: 'groups', values: Array.from({ length: 20 }, (_, group) => `group ${group}`) }],
    signing: { ...keys, algorithm: 'rsa-sha256' },
    encryptFor: certificate,
    signResponse: false,
  });
  return Buffer.from(response).toString('base64');
}
