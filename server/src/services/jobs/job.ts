import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Database } from '../../store/index.ts';

export interface JobsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
}

/** A queue: its name in the table, and the type of its jobs. Jobs stored by an earlier version must fit too. */
export interface JobQueue<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

export interface Job<Payload> {
  tenantId: string;
  payload: Payload;
  /** 1 for the first. */
  attempt: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** `undefined`: done. Otherwise the job is retried after this many milliseconds, with another payload if given. */
export type JobOutcome<Payload> = { retryAfter: number; payload?: Payload } | undefined;

export interface Worker<Payload> {
  /** Concurrent jobs. */
  concurrency: number;
  /**
   * Executes one job, and should return soon after `stop` is aborted. A job that takes longer than 30 seconds calls
   * `hold` before, and again every 30 seconds: without it another process takes the job after a minute.
   */
  run: (job: Job<Payload>, stop: AbortSignal, hold: () => Promise<void>) => Promise<JobOutcome<Payload>>;
}
