import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Database } from '../../store/index.ts';

export interface JobsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
}

export interface Job {
  tenantId: string;
  payload: unknown;
  /** 1 for the first. */
  attempt: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** `undefined`: done. Otherwise the job comes again after so many milliseconds, with another payload if one is given. */
export type JobOutcome = { retryAfter: number; payload?: unknown } | undefined;

export interface Worker {
  /** Jobs at a time. */
  concurrency: number;
  /** Does one. It must not take longer than half a minute, and should return soon when `stop` is aborted. */
  run(job: Job, stop: AbortSignal): Promise<JobOutcome>;
}
