/** Jobs that must not compile; `npm run check` compiles this file. See `events.ts`. */
import { z } from 'zod';
import type { JobQueue, Jobs } from '../../server/src/services/jobs/index.ts';
import type { Transaction } from '../../server/src/store/index.ts';

const letters: JobQueue<{ to: string }> = { name: 'letters', payload: z.object({ to: z.string() }) };

export function working(jobs: Jobs, tx: Transaction) {
  const right = [
    () => jobs.enqueue(tx, letters, [{ destination: 'a', payload: { to: 'ana@example.com' } }]),
    () => jobs.work(letters, { concurrency: 1, run: async ({ payload }) => ({ retryAfter: payload.to.length }) }),
  ];
  const wrong = [
    // @ts-expect-error a payload of another shape
    () => jobs.enqueue(tx, letters, [{ destination: 'a', payload: { from: 'ana@example.com' } }]),
    // @ts-expect-error a queue by its name alone
    () => jobs.enqueue(tx, 'letters', [{ destination: 'a', payload: { to: 'ana@example.com' } }]),
    // @ts-expect-error a member that the payload does not have
    () => jobs.work(letters, { concurrency: 1, run: async ({ payload }) => ({ retryAfter: payload.from.length }) }),
    // @ts-expect-error another attempt with a payload of another shape
    () => jobs.work(letters, { concurrency: 1, run: async () => ({ retryAfter: 1, payload: { from: 1 } }) }),
    // @ts-expect-error a queue whose schema is of another shape
    (): JobQueue<{ to: string }> => ({ name: 'letters', payload: z.object({ from: z.string() }) }),
  ];
  return { right, wrong };
}
