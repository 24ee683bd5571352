/** Measures one row: every server in turn, several times over, so that a noisy moment falls on all of them. */
import { memoryOf, type Reading, type Subject } from './channel.ts';
import { type Operation, runLoad } from './load.ts';

/** One server's part of a row. */
export interface Contender {
  subject: Subject;
  operation: Operation;
}

export interface Result {
  /** Microseconds of the server's processor time for one operation. */
  cpu: number;
  /** `cpu` without the thread pool, where passwords are hashed. */
  cpuBeyondPool: number;
  statements: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  perSecond: number;
  /** Resident memory of the server in bytes after the row. */
  resident: number;
}

export interface Effort {
  /** Concurrent operations; by default one for each connection. */
  parallel?: number | undefined;
  warmUp: number;
  operations: number;
  runs: number;
}

/** The median of the runs, for each server; percentiles are over the operations of all runs. */
export async function measure(
  contenders: Record<string, Contender>,
  { parallel, warmUp, operations, runs }: Effort,
): Promise<Record<string, Result>> {
  for (const { operation } of Object.values(contenders)) await runLoad(operation, warmUp, parallel);
  const samples: Record<string, Sample[]> = {};
  for (let run = 0; run < runs; run += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      samples[name] ??= [];
      samples[name].push(await takeSample(contender, operations, parallel));
    }
  }
  return Object.fromEntries(
    Object.entries(contenders).map(([name, { subject }]) => [
      name,
      summarize(samples[name] ?? [], memoryOf(subject.pid).resident),
    ]),
  );
}

export interface Sample extends Reading {
  perSecond: number;
  latencies: number[];
}

export async function takeSample(
  { subject, operation }: Contender,
  operations: number,
  parallel?: number,
): Promise<Sample> {
  const before = await subject.read();
  const { latencies, seconds } = await runLoad(operation, operations, parallel);
  const after = await subject.read();
  return {
    cpu: (after.cpu - before.cpu) / operations,
    pool: (after.pool - before.pool) / operations,
    statements: (after.statements - before.statements) / operations,
    perSecond: operations / seconds,
    latencies,
  };
}

export function summarize(samples: Sample[], resident: number): Result {
  const latencies = samples.flatMap((sample) => sample.latencies).sort((a, b) => a - b);
  return {
    cpu: median(samples.map(({ cpu }) => cpu)),
    cpuBeyondPool: median(samples.map(({ cpu, pool }) => cpu - pool)),
    statements: median(samples.map(({ statements }) => statements)),
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    resident,
  };
}

export const median = (values: number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Nearest rank; `sorted` ascending. */
export const percentile = (sorted: number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
