import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, type World } from '../../server/src/app.ts';
import { readConfig } from '../../server/src/config.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { findRoot } from '../../server/src/root.ts';
import { defaultTenantId } from '../../server/src/tenancy/address.ts';
import type { Tenant } from '../../server/src/tenancy/service.ts';
import type { plainAddress } from './browser.ts';
import { cluster, template } from './cluster.ts';

/** A whole server in this process, on a port and a database of its own. */
export interface TestServer {
  /** Base URL of the tenant `default`, without trailing slash. */
  url: string;
  app: App;
  tenant: Tenant;
  /** URL of the server's database. */
  databaseUrl: string;
  /** Starts another node of the same server with its own port, on the same database. Close it before the server. */
  addNode: () => Promise<Node>;
  /** Stops the server in an orderly way and starts it again on the same database. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

export interface Node {
  /** The node's own address; its issuer is the address of the server. */
  url: string;
  app: App;
  close: () => Promise<void>;
}

export interface TestServerOptions {
  /** Fakes of the outside: clock, … */
  world?: Partial<World>;
  /** Configuration in addition to PORT and ENDPOINT. */
  environment?: Record<string, string>;
  /** Port of the public URL; default: a free one. */
  port?: number;
  /** Host of the public URL; default: `localhost`. */
  host?: 'localhost' | '127.0.0.1' | typeof plainAddress;
  /** Host of an own origin of the admin tenant, on the same port; default: the admin tenant has none. */
  adminHost?: '127.0.0.1';
  /** Path that the public URL carries, e.g. `/auth`. */
  subPath?: string;
  /** Fills the database, which is empty then, before the server starts. */
  prepare?: (databaseUrl: string) => Promise<void>;
}

let prepared: Promise<void> | undefined;

/** Starts a server on a fresh database. Close it in `after`. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  prepared ??= prepareTemplate();
  await prepared;
  const { urlOf, admin, drop } = await cluster();
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const content = options.prepare ? '' : `template ${template}`;
  await admin(`create database ${name} ${content} owner ${ownerOf(urlOf(name))}`);
  await options.prepare?.(urlOf(name));
  const dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-data-'));
  const port = options.port ?? (await freePort());
  const url = `http://${options.host ?? 'localhost'}:${port}${options.subPath ?? ''}`;
  const config = readConfig({
    PORT: String(port),
    ENDPOINT: url,
    ...(options.adminHost ? { ADMIN_ENDPOINT: `http://${options.adminHost}:${port}` } : {}),
    DATABASE_POOL_SIZE: '8',
    ...options.environment,
  });
  const open = async () => {
    const app = await createApp(config, testWorld(urlOf(name), dataFolder, options.world));
    await app.http.listen({ port, host: '127.0.0.1' });
    return { app, tenant: await app.tenancy.get(defaultTenantId) };
  };
  const server: TestServer = {
    ...(await open()),
    url,
    databaseUrl: urlOf(name),
    async addNode() {
      const nodePort = await freePort();
      const app = await createApp({ ...config, PORT: nodePort }, testWorld(urlOf(name), dataFolder, options.world));
      await app.http.listen({ port: nodePort, host: '127.0.0.1' });
      return { url: `http://localhost:${nodePort}${options.subPath ?? ''}`, app, close: () => app.close() };
    },
    async restart() {
      await server.app.close();
      Object.assign(server, await open());
    },
    async close() {
      await server.app.close();
      await drop(name);
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  return server;
}

/** Migrates and seeds once; every later database is a copy of the files. */
async function prepareTemplate(): Promise<void> {
  const { urlOf, admin } = await cluster();
  await admin(`create database ${template} owner ${ownerOf(urlOf(template))}`);
  const app = await createApp(readConfig({}), testWorld(urlOf(template), tmpdir()));
  await app.close();
}

const testWorld = (databaseUrl: string, dataFolder: string, overrides: Partial<World> = {}): World => ({
  clock: systemClock,
  log: createLog(process.env.ALDABA_TEST_LOG ?? 'silent'),
  databaseUrl,
  secret: 'a secret for tests that is long enough',
  root: findRoot(process.env),
  dataFolder,
  progress: () => undefined,
  checkResponses: true,
  resolveTxt: async () => [],
  ...overrides,
});

const ownerOf = (url: string): string => /\/\/([^:@/]+)/.exec(url)?.[1] ?? 'postgres';

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
