/**
 * `npm run bench -- --only sign-ins`: complete sign-ins of each kind at saturation, and what the password hash alone
 * allows on the same cores.
 */
import { join } from 'node:path';
import { type Subject, startSubject } from './channel.ts';
import { type Division, divideCores, stayOn } from './cores.ts';
import { learnOperation } from './limit-operation.ts';
import { type Client, createClient, runLoad } from './load.ts';
import { type Contender, median, type Sample, summarize, takeSample } from './measurement.ts';
import { leastOfSignIn } from './rows.ts';
import { hashParameters } from './seed.ts';
import { type SignInKind, signInKinds } from './sign-in-flows.ts';
import { type SignInServer, startSignInServer } from './sign-in-target.ts';
import { integer, table } from './table.ts';

export const signInsId = 'sign-ins';
/** Share of the rate of the hash alone. */
const rateAim = 0.85;
/** Of one run, for each core of the server. */
const signInsPerCore = 400;
/** Milliseconds, for 95 of 100. */
const latencyAim = 1000;

interface Setup {
  root: string;
  flags: string[];
  /** Share of the full effort. */
  effort: number;
  runs: number;
  profile: string | undefined;
}

/** One run: hashes a second, then the sign-ins, and for a password alone the same requests to the limit. */
interface Run {
  hashRate: number;
  sample: Sample;
  limit: Sample | undefined;
}

/** What takes turns. */
interface Contenders {
  hash: Subject;
  server: SignInServer;
  limit: { subject: Subject; client: Client };
}

/** Measures each kind in turn with the hash beside it. Returns a table. */
export async function measureSignIns(setup: Setup, say: (line: string) => void): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const cores = divideCores();
  stack.use(stayOn(cores.rest));
  const hash = await startHash(setup.root, cores, stack);
  const server = await startSignInServer({ ...setup, cores }, stack);
  const limit = await startLimit(setup.root, { cores, server }, stack);
  const measured: { kind: SignInKind; runs: Run[] }[] = [];
  for (const kind of signInKinds) {
    say(`    ${kind.name} …`);
    measured.push({ kind, ...(await measureKind(kind, { setup, cores }, { server, hash, limit })) });
  }
  return report(cores, measured);
}

async function startHash(root: string, cores: Division, stack: AsyncDisposableStack): Promise<Subject> {
  const program = join(root, 'bench/subjects/hash.ts');
  const environment = { UV_THREADPOOL_SIZE: String(cores.serverCount) };
  return stack.adopt(
    await startSubject({ program, environment, settings: hashParameters, cores: cores.server }),
    (started) => started.stop(),
  );
}

/** On the server's cores, with as many hashes at a time; its tables are in the server's PostgreSQL. */
async function startLimit(
  root: string,
  { cores, server }: { cores: Division; server: SignInServer },
  stack: AsyncDisposableStack,
): Promise<Contenders['limit']> {
  const environment = { UV_THREADPOOL_SIZE: String(cores.serverCount) };
  const settings = { databaseUrl: server.adminUrl, poolSize: server.parallel };
  const program = join(root, 'bench/subjects/limit.ts');
  const subject = stack.adopt(await startSubject({ program, environment, settings, cores: cores.server }), (started) =>
    started.stop(),
  );
  const client = createClient(subject.port, { maxSockets: server.parallel });
  return { subject, client: stack.adopt(client, (open) => open.close()) };
}

async function measureKind(
  kind: SignInKind,
  { setup, cores }: { setup: Setup; cores: Division },
  { server, hash, limit }: Contenders,
): Promise<{ runs: Run[] }> {
  const { subject, target, parallel } = server;
  await server.offer(kind.offers);
  const operation = kind.operation(target);
  const operations = Math.ceil(signInsPerCore * setup.effort) * cores.serverCount;
  const sample = (contender: Contender) => takeSample(contender, operations, parallel);
  const least: Contender | undefined =
    kind.offers === 'password'
      ? {
          subject: limit.subject,
          operation: await learnOperation({ ...kind, least: leastOfSignIn }, target, limit),
        }
      : undefined;
  for (const contender of [{ operation }, ...(least ? [least] : [])])
    await runLoad(contender.operation, operations, parallel);
  const runs: Run[] = [];
  for (let run = 0; run < setup.runs; run += 1) {
    const hashRate = await hash.ask<number>('compute', operations);
    runs.push({
      hashRate,
      sample: await sample({ subject, operation }),
      limit: least ? await sample(least) : undefined,
    });
  }
  if (setup.profile) {
    await subject.ask('startProfile');
    await runLoad(operation, operations, parallel);
    await subject.ask('stopProfile', join(setup.profile, `sign-ins-${kind.id}.cpuprofile`));
  }
  return { runs };
}

function report(cores: Division, measured: { kind: SignInKind; runs: Run[] }[]): string {
  const lines = measured.flatMap(({ kind, runs }) => {
    const ofLimit = runs.flatMap(({ hashRate, limit }) => (limit ? [{ hashRate, sample: limit }] : []));
    const own = describe(runs, cores.serverCount);
    const isMet = own.share >= rateAim && own.p95 <= latencyAim;
    const target = `≥ ${rateAim * 100} %, p95 ≤ ${integer(latencyAim)} ms`;
    return [
      [kind.name, ...own.cells, target, isMet ? 'ok' : '**missed**'],
      ...(ofLimit.length > 0 ? [['limit of the machine', ...describe(ofLimit, cores.serverCount).cells, '', '']] : []),
    ];
  });
  const many = cores.serverCount === 1 ? 'core' : 'cores';
  return table(
    [
      `Sign-in, server on ${cores.serverCount} ${many}`,
      'per s',
      'hash alone per s',
      'share',
      'p50 ms',
      'p95 ms',
      'server busy',
      'CPU µs',
      'CPU µs beyond the thread pool',
      'SQL',
      'Target',
      '',
    ],
    lines,
  );
}

function describe(
  runs: Pick<Run, 'hashRate' | 'sample'>[],
  serverCount: number,
): { cells: string[]; share: number; p95: number } {
  const result = summarize(
    runs.map(({ sample }) => sample),
    0,
  );
  const share = median(runs.map((run) => run.sample.perSecond / run.hashRate));
  const busy = median(runs.map(({ sample }) => (sample.perSecond * sample.cpu) / 1e6 / serverCount));
  const cells = [
    integer(result.perSecond),
    integer(median(runs.map((run) => run.hashRate))),
    `${(share * 100).toFixed(0)} %`,
    integer(result.p50),
    integer(result.p95),
    `${(busy * 100).toFixed(0)} %`,
    integer(result.cpu),
    integer(result.cpuBeyondPool),
    result.statements.toFixed(1),
  ];
  return { cells, share, p95: result.p95 };
}
