import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Database } from '../../store/index.ts';

export interface JobsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
}

/** A queue: its name in the table, and what its jobs hold. Jobs that an earlier version stored have to fit, too. */
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

/** `undefined`: done. Otherwise the job comes again after so many milliseconds, with another payload if one is given. */
export type JobOutcome<Payload> = { retryAfter: number; payload?: Payload } | undefined;

export interface Worker<Payload> {
  /** Jobs at a time. */
  concurrency: number;
  /** Does one. It must not take longer than half a minute, and should return soon when `stop` is aborted. */
  run(job: Job<Payload>, stop: AbortSignal): Promise<JobOutcome<Payload>>;
}
