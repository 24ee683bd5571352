import { AldabaError } from './errors.ts';

/** Lets `concurrency` pieces of work run at a time and `maximumQueue` wait; refuses what comes beyond. */
export interface Gate {
  /** @throws AldabaError `request.overloaded` (503 with Retry-After) when the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(options: { concurrency: number; maximumQueue: number }): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= options.concurrency) {
        if (waiting.length >= options.maximumQueue) throw new AldabaError('request.overloaded');
        // The one who leaves hands over the place, so `running` stays as it is and nobody can slip in between.
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
