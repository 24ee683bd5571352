/** `npm run bench -- --only ldap`: syncs of directories of 10,000 and 50,000 people, in slapd on the same machine. */
import { type Directory, startDirectory } from '../test/support/directory.ts';
import { memoryOf } from './channel.ts';
import { json, obtainManagementToken } from './flows.ts';
import type { Client } from './load.ts';
import { startOwnServer } from './own-server.ts';
import { integer, table } from './table.ts';

export const ldapId = 'ldap';
const sizes = [10_000, 50_000];
/** Milliseconds between two samples of the memory. */
const sampleInterval = 200;
/** The memory at the end may be this share above that after the first tenth of the first sync. */
const growthAim = 0.1;

interface Measured {
  people: number;
  /** Seconds. */
  first: number;
  second: number;
  early: number;
  late: number;
  peak: number;
}

/** Syncs each directory twice: all accounts are created, and nothing has changed. Returns a table. */
export async function measureLdap(given: { root: string; flags: string[]; effort: number }): Promise<string> {
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measureSize(given, Math.ceil(size * given.effort)));
  return table(
    ['Sync of a directory (LDAP)', ...measured.map(({ people }) => `${integer(people)} people`)],
    [
      ['First sync, which creates all accounts', ...measured.map(({ first }) => `${first.toFixed(1)} s`)],
      ['Next sync, nothing has changed', ...measured.map(({ second }) => `${second.toFixed(1)} s`)],
      [
        'Resident memory after the first tenth and at the end',
        ...measured.map(({ early, late }) => `${megabytes(early)}, ${megabytes(late)}`),
      ],
      ['Highest sample', ...measured.map(({ peak }) => megabytes(peak))],
      [`Growth, target ≤ ${growthAim * 100} %`, ...measured.map(growth)],
    ],
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function growth({ early, late }: Measured): string {
  const share = late / early - 1;
  return `${(share * 100).toFixed(1)} %: ${share <= growthAim ? 'flat' : '**grows**'}`;
}

async function measureSize(given: { root: string; flags: string[] }, people: number): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await startDirectory({ people }), (started) => started.close());
  const { subject, client } = await startOwnServer(given, stack);
  const manager = (await subject.ask('createManager')) as { id: string; secret: string; indicator: string };
  const sync = await connect(client, await obtainManagementToken(client, manager, manager.indicator), directory);
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(memoryOf(subject.pid).resident), sampleInterval);
  stack.defer(() => clearInterval(timer));
  const first = await sync({ created: people });
  const early = samples[Math.floor(samples.length / 10)] ?? Number.NaN;
  const second = await sync({ unchanged: people });
  return { people, first, second, early, late: samples.at(-1) ?? Number.NaN, peak: Math.max(...samples) };
}

/** Connects the directory. Returns what runs its sync, and how many seconds that took. */
async function connect(client: Client, token: string, { config }: Directory) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const call = async (method: string, path: string, body: object | undefined, expected: number) =>
    json(await client.send({ method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) }, expected));
  const draft = { providerName: 'LDAP', connectorName: 'Acme', domains: ['acme.example'], config };
  const { id } = await call('POST', '/api/sso-connectors', draft, 200);
  const path = `/api/sso-connectors/${id}/sync`;
  await call('PUT', path, { enabled: false }, 200);
  return async (expected: Record<string, number>): Promise<number> => {
    const before = (await call('GET', path, undefined, 200)).lastRun as Run | null;
    await call('POST', `${path}/run`, {}, 202);
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, sampleInterval));
      const run = (await call('GET', path, undefined, 200)).lastRun as Run | null;
      if (!run || run.duration === null || run.startedAt === before?.startedAt) continue;
      const isDone = Object.entries(expected).every(([name, count]) => run.counts[name] === count);
      if (run.state !== 'succeeded' || !isDone) throw new Error(`The sync did not succeed: ${JSON.stringify(run)}`);
      return run.duration / 1000;
    }
  };
}

interface Run {
  state: string;
  startedAt: number;
  duration: number | null;
  counts: Record<string, number>;
}
