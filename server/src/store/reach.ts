import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { isUnavailable } from './failures.ts';

/** Milliseconds between the first two attempts, and between the last ones. */
const firstPause = 250;
const longestPause = 4000;

/**
 * Waits until the database accepts connections, for `limit` milliseconds at most: it may start together with the
 * server, or be restarted by an upgrade. What waiting does not mend (a wrong password, a missing database) is thrown at
 * once.
 *
 * @throws the driver's error of the last attempt
 */
export async function waitForDatabase(
  url: string,
  { limit, progress }: { limit: number; progress: (message: string) => void },
): Promise<void> {
  const end = performance.now() + limit;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptAt(url);
    } catch (error) {
      const pause = Math.min(longestPause, firstPause * 2 ** attempt);
      const left = end - performance.now();
      if (!isUnavailable(error) || left <= 0) throw error;
      if (attempt === 0 || attempt % 4 === 3)
        progress(
          `The database does not answer (${reasonOf(error)}); waiting for it, ${Math.ceil(left / 1000)} s at most`,
        );
      await delay(Math.min(pause, left));
    }
  }
}

async function attemptAt(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'aldaba' });
  // What is not said through the promise must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A code rather than the driver's sentence, which may repeat parts of the URL. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer in time';
}
