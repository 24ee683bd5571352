import { setTimeout as pause } from 'node:timers/promises';
import { AldabaError } from './errors.ts';

/** Runs at most `concurrency` tasks at a time, queues `maximumQueue`, and rejects more. */
export interface Limiter {
  /** @throws AldabaError `request.overloaded` (503 with Retry-After) if the queue is full. */
  run: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface LimiterOptions {
  concurrency: number;
  maximumQueue: number;
  /**
   * Milliseconds before a rejection is returned. Callers that ignore `Retry-After` send the next request as soon as
   * they get a response: hundreds of them would otherwise keep the main thread busy with rejections, and every other
   * request would wait.
   */
  refusalDelay?: number;
}

/** Maximum delayed rejections; further ones are returned immediately. */
const maximumRefused = 5000;

export function createLimiter(options: LimiterOptions): Limiter {
  let running = 0;
  let refused = 0;
  const refuse = async (): Promise<never> => {
    const { refusalDelay = 0 } = options;
    if (refusalDelay > 0 && refused < maximumRefused) {
      refused += 1;
      await pause(refusalDelay, undefined, { ref: false });
      refused -= 1;
    }
    throw new AldabaError('request.overloaded');
  };
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= options.concurrency) {
        if (waiting.length >= options.maximumQueue) await refuse();
        // A finished task passes its slot on, so `running` is unchanged and no other task can take the slot in between.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
