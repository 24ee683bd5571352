/**
 * `npm run bench -- --only sign-ins`: complete sign-ins of each kind at saturation, and what the password hash alone
 * allows on the same cores.
 */
import { join } from 'node:path';
import { type Subject, startSubject } from './channel.ts';
import { type Division, divideCores, stayOn } from './cores.ts';
import { runLoad } from './load.ts';
import { median, type Sample, summarize, takeSample } from './measurement.ts';
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

/** One run: hashes a second, then the sign-ins. */
interface Run {
  hashRate: number;
  sample: Sample;
}

/** Measures each kind in turn with the hash beside it. Returns a table. */
export async function measureSignIns(setup: Setup, say: (line: string) => void): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const cores = divideCores();
  stack.use(stayOn(cores.rest));
  const hash = await startHash(setup.root, cores, stack);
  const server = await startSignInServer({ ...setup, cores }, stack);
  const measured: { kind: SignInKind; runs: Run[] }[] = [];
  for (const kind of signInKinds) {
    say(`    ${kind.name} …`);
    measured.push({ kind, ...(await measureKind(kind, { setup, cores, server, hash })) });
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

async function measureKind(
  kind: SignInKind,
  { setup, cores, server, hash }: { setup: Setup; cores: Division; server: SignInServer; hash: Subject },
): Promise<{ runs: Run[] }> {
  const { subject, target, parallel } = server;
  await server.offer(kind.offers);
  const operation = kind.operation(target);
  const operations = Math.ceil(signInsPerCore * setup.effort) * cores.serverCount;
  await runLoad(operation, operations, parallel);
  const runs: Run[] = [];
  for (let run = 0; run < setup.runs; run += 1) {
    const hashRate = await hash.ask<number>('compute', operations);
    runs.push({ hashRate, sample: await takeSample({ subject, operation }, operations, parallel) });
  }
  if (setup.profile) {
    await subject.ask('startProfile');
    await runLoad(operation, operations, parallel);
    await subject.ask('stopProfile', join(setup.profile, `sign-ins-${kind.id}.cpuprofile`));
  }
  return { runs };
}

function report(cores: Division, measured: { kind: SignInKind; runs: Run[] }[]): string {
  const lines = measured.map(({ kind, runs }) => {
    const result = summarize(
      runs.map(({ sample }) => sample),
      0,
    );
    const hashRate = median(runs.map((run) => run.hashRate));
    const share = median(runs.map((run) => run.sample.perSecond / run.hashRate));
    const isMet = share >= rateAim && result.p95 <= latencyAim;
    return [
      kind.name,
      integer(result.perSecond),
      integer(hashRate),
      `${(share * 100).toFixed(0)} %`,
      integer(result.p50),
      integer(result.p95),
      integer(result.cpu),
      integer(result.cpuBeyondPool),
      result.statements.toFixed(1),
      `≥ ${rateAim * 100} %, p95 ≤ ${integer(latencyAim)} ms`,
      isMet ? 'ok' : '**missed**',
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
      'CPU µs',
      'CPU µs beyond the thread pool',
      'SQL',
      'Target',
      '',
    ],
    lines,
  );
}
