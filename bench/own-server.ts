/** A server with a PostgreSQL of its own, for measurements that do not compare servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../server/src/store/embedded.ts';
import { type Subject, startSubject } from './channel.ts';
import { type Client, connections, createClient } from './load.ts';
import { freePort } from './servers.ts';
import type { AldabaSettings } from './subjects/aldaba.ts';

export interface OwnServer {
  subject: Subject;
  client: Client;
  /** Address of PostgreSQL as its administrator. */
  adminUrl: string;
}

interface Wish extends Pick<AldabaSettings, 'host' | 'configuration'> {
  root: string;
  flags: string[];
  /** The server's cores, as a list for `taskset`; default: all. */
  cores?: string;
  /** Connections of the client. */
  maxSockets?: number;
}

/** Starts both; everything is stopped and deleted when `stack` is disposed. */
export async function startOwnServer(
  { root, flags, cores, maxSockets = connections, ...settings }: Wish,
  stack: AsyncDisposableStack,
): Promise<OwnServer> {
  const dataFolder = stack.adopt(await mkdtemp(join(tmpdir(), 'aldaba-bench-own-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const database = stack.adopt(
    await startEmbedded({ dataFolder, purpose: 'server', progress: () => undefined }),
    (started) => started.stop(),
  );
  const given: AldabaSettings = { ...settings, databaseUrl: database.url, root, dataFolder, port: await freePort() };
  const program = join(root, 'dist/bench/aldaba.js');
  const subject = stack.adopt(
    await startSubject({ program, flags, environment: { ALDABA_ROOT: root }, settings: given, cores }),
    (started) => started.stop(),
  );
  const { host = '127.0.0.1' } = settings;
  const client = stack.adopt(createClient(subject.port, { host, maxSockets }), (open) => open.close());
  return { subject, client, adminUrl: database.adminUrl };
}
