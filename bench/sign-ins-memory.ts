/** `npm run bench -- --only sign-ins-memory`: the server's memory during many minutes of sign-ins of all kinds. */
import { memoryOf } from './channel.ts';
import { divideCores, stayOn } from './cores.ts';
import type { Operation } from './load.ts';
import { median } from './measurement.ts';
import { signInKinds } from './sign-in-flows.ts';
import { startSignInServer } from './sign-in-target.ts';
import { integer, table } from './table.ts';

export const signInsMemoryId = 'sign-ins-memory';
/** The line through the samples may rise by this share of its start. */
const growthAim = 0.05;
/** Seconds. */
const fullLength = 600;
/** Share of the time that fills caches and pools. */
const warmUp = 0.2;
const samplesInAll = 20;

interface Sample {
  /** Seconds since the end of the warm-up. */
  at: number;
  /** Bytes. */
  resident: number;
}

/** Signs in for ten minutes after a warm-up of a fifth of that. Returns a table. */
export async function measureSignInMemory({
  root,
  flags,
  effort,
}: {
  root: string;
  flags: string[];
  effort: number;
}): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const cores = divideCores();
  stack.use(stayOn(cores.rest));
  const { subject, target, parallel } = await startSignInServer({ root, flags, effort, cores }, stack);
  const seconds = fullLength * effort;
  const operations = signInKinds.flatMap((kind) => {
    const operation = kind.operation(target);
    return Array.from({ length: kind.share }, () => operation);
  });
  await runFor(operations, seconds * warmUp, parallel);
  const samples: Sample[] = [];
  const begun = performance.now();
  const take = () => samples.push({ at: (performance.now() - begun) / 1000, resident: memoryOf(subject.pid).resident });
  const interval = setInterval(take, (seconds * 1000) / samplesInAll);
  let count: number;
  try {
    count = await runFor(operations, seconds, parallel);
  } finally {
    clearInterval(interval);
  }
  take();
  return report(samples, { seconds, count });
}

/** Runs the operations in turn, `parallel` at a time; returns how many were completed. */
async function runFor(operations: readonly Operation[], seconds: number, parallel: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const work = async (worker: number) => {
    while (performance.now() < end) {
      count += 1;
      await operations[count % operations.length]?.(worker, count);
    }
  };
  await Promise.all(Array.from({ length: parallel }, (_, worker) => work(worker)));
  return count;
}

/** The median of the slopes between all pairs of samples: single high or low samples do not move it. */
function slopeOf(samples: readonly Sample[]): number {
  return median(
    samples.flatMap((left, index) =>
      samples.slice(index + 1).map((right) => (right.resident - left.resident) / (right.at - left.at)),
    ),
  );
}

function report(samples: readonly Sample[], { seconds, count }: { seconds: number; count: number }): string {
  const slope = slopeOf(samples);
  const start = median(samples.map(({ at, resident }) => resident - slope * at));
  const growth = (slope * seconds) / start;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const residents = samples.map(({ resident }) => resident);
  return table(
    [`Resident memory during ${integer(count)} sign-ins of all kinds in ${integer(seconds)} s`, 'Value', 'Target', ''],
    [
      ['Line through the samples, start', megabytes(start), '', ''],
      ['Line through the samples, end', megabytes(start + slope * seconds), '', ''],
      [
        'Growth from start to end',
        `${(growth * 100).toFixed(1)} %`,
        `≤ ${growthAim * 100} %`,
        growth <= growthAim ? 'flat' : '**grows**',
      ],
      ['Slope', `${megabytes(slope * 60)} a minute`, '', ''],
      ['First and last sample', `${megabytes(residents[0] ?? 0)}, ${megabytes(residents.at(-1) ?? 0)}`, '', ''],
      [
        `Lowest and highest of ${samples.length} samples`,
        `${megabytes(Math.min(...residents))}, ${megabytes(Math.max(...residents))}`,
        '',
        '',
      ],
    ],
  );
}
