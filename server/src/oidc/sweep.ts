import type { OidcNeeds } from './needs.ts';
import { sweepExpired } from './store/sweep.ts';

/** Milliseconds between two sweeps. */
const interval = 60_000;

/** Sweeps expired rows now and then in the background. `close` waits for the batch that is under way. */
export function startSweep(needs: Pick<OidcNeeds, 'database' | 'clock' | 'log'>): { close(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const sweep = async () => {
    try {
      const rows = await sweepExpired(needs.database, needs.clock.now(), () => stopped);
      if (rows > 0) needs.log.debug({ rows }, 'Swept expired protocol rows');
    } catch (error) {
      if (!stopped) needs.log.warn({ err: error }, 'Sweeping expired protocol rows failed; trying again later');
    }
  };
  const timer = setInterval(() => {
    // One after the other: a slow database must not gather sweeps.
    running = running.then(sweep);
  }, interval).unref();
  return {
    async close() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
