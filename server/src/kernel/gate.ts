import { setTimeout as pause } from 'node:timers/promises';
import { AldabaError } from './errors.ts';

/** Lets `concurrency` pieces of work run at a time and `maximumQueue` wait; refuses what comes beyond. */
export interface Gate {
  /** @throws AldabaError `request.overloaded` (503 with Retry-After) when the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface GateOptions {
  concurrency: number;
  maximumQueue: number;
  /**
   * Milliseconds before a refusal is answered. Callers that do not heed `Retry-After` send the next request as soon as they have an
   * answer: hundreds of them would otherwise keep the main thread busy with refusals, and every other request waiting.
   */
  refusalDelay?: number;
}

/** Refusals that wait at a time; beyond it they are answered at once. */
const maximumRefused = 5000;

export function createGate(options: GateOptions): Gate {
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
