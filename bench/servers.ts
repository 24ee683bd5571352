/** Starts all that a run needs, in processes of their own: PostgreSQL, Aldaba, the limit, `oidc-provider`. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as DatabaseClient } from 'pg';
import { startEmbedded } from '../server/src/store/embedded.ts';
import { prepareAuthorization } from './authorization-flows.ts';
import { type Subject, startSubject } from './channel.ts';
import { type Fixtures, obtainTokens, type Target, type Tokens } from './flows.ts';
import { postmasterOf } from './footprint.ts';
import { connections, createClient } from './load.ts';
import { readMark, startReceiver } from './receiver.ts';
import { fill } from './seed.ts';
import type { AldabaSettings } from './subjects/aldaba.ts';
import type { ProviderSettings } from './subjects/oidc-provider.ts';

const poolSize = 20;

export interface Servers {
  aldaba: { subject: Subject; target: Target };
  oidcProvider: { subject: Subject; target: Target };
  limit: { subject: Subject; client: ReturnType<typeof createClient> };
  /** Process id of PostgreSQL. */
  postmaster: number;
  /** A folder that is deleted at the end. */
  folder: string;
}

/** Everything started is stopped, in order, when `stack` is disposed. */
export async function startServers(
  setup: { root: string; flags: string[] },
  stack: AsyncDisposableStack,
): Promise<Servers> {
  const { root } = setup;
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'aldaba-bench-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const urls = await startDatabases(join(folder, 'load'), stack);
  const aldaba = await startAldaba({ ...setup, databaseUrl: urls.of('aldaba_bench'), folder }, stack);
  const limit = stack.adopt(
    await startSubject({
      program: join(root, 'bench/subjects/limit.ts'),
      // As many hashes at a time as Aldaba lets through.
      environment: { UV_THREADPOOL_SIZE: String(availableParallelism()) },
      settings: { databaseUrl: urls.of('limit_bench'), poolSize },
    }),
    (subject) => subject.stop(),
  );
  const oidcProvider = await startOidcProvider(
    root,
    { ...aldaba.target.fixtures, databaseUrl: urls.of('provider_bench'), poolSize },
    stack,
  );
  return {
    aldaba,
    oidcProvider,
    limit: { subject: limit, client: stack.adopt(createClient(limit.port), (client) => client.close()) },
    postmaster: postmasterOf(urls.location),
    folder,
  };
}

async function startDatabases(dataFolder: string, stack: AsyncDisposableStack) {
  await mkdir(dataFolder, { recursive: true });
  const database = stack.adopt(
    await startEmbedded({ dataFolder, purpose: 'server', progress: (step) => process.stderr.write(`  · ${step}\n`) }),
    (started) => started.stop(),
  );
  const admin = new DatabaseClient({ connectionString: database.adminUrl });
  await admin.connect();
  for (const name of ['aldaba_bench', 'limit_bench', 'provider_bench'])
    await admin.query(`create database ${name} owner aldaba`);
  await admin.end();
  return { of: (name: string) => database.url.replace(/(\/\/[^/]*\/)[^?]*/, `$1${name}`), location: database.location };
}

async function startAldaba(
  setup: { root: string; flags: string[]; databaseUrl: string; folder: string },
  stack: AsyncDisposableStack,
) {
  const { root, flags, databaseUrl, folder } = setup;
  const settings: AldabaSettings = { databaseUrl, root, dataFolder: folder, port: await freePort() };
  const program = join(root, 'dist/bench/aldaba.js');
  const subject = stack.adopt(
    await startSubject({ program, flags, environment: { ALDABA_ROOT: root }, settings }),
    (started) => started.stop(),
  );
  const client = stack.adopt(createClient(subject.port), (open) => open.close());
  const { fixtures, managementToken } = await fill(subject, client);
  const base = '/oidc';
  const endpoints = {
    discovery: `${base}/.well-known/openid-configuration`,
    keys: `${base}/jwks`,
    token: `${base}/token`,
    userinfo: `${base}/me`,
  };
  const target: Target = { client, endpoints, fixtures, tokens: [], managementToken };
  for (let worker = 0; worker < connections; worker += 1)
    target.tokens.push(await obtainTokens(target, fixtures.usernames[worker] as string));
  const receiver = stack.adopt(await startReceiver(readMark), (started) => started.close());
  target.authorization = await prepareAuthorization(target, receiver);
  return { subject, target };
}

async function startOidcProvider(root: string, settings: ProviderSettings & Fixtures, stack: AsyncDisposableStack) {
  const program = join(root, 'bench/subjects/oidc-provider.ts');
  const subject = stack.adopt(await startSubject({ program, environment: {}, settings }), (started) => started.stop());
  const client = stack.adopt(createClient(subject.port), (open) => open.close());
  const tokens: Tokens[] = [];
  for (let worker = 0; worker < connections; worker += 1) tokens.push(await subject.ask<Tokens>('issueTokens', worker));
  const endpoints = { discovery: '/.well-known/openid-configuration', keys: '/jwks', token: '/token', userinfo: '/me' };
  return { subject, target: { client, endpoints, fixtures: settings, tokens, managementToken: '' } satisfies Target };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
