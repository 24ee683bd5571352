import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { isUnavailable } from './failures.ts';

/** Milliseconds between the first two attempts, and the maximum between two attempts. */
const firstPause = 250;
const longestPause = 4000;

/**
 * Waits until the database accepts connections, at most `limit` milliseconds: it may start together with the server, or
 * restart for an upgrade. Errors that waiting cannot resolve (a wrong password, a missing database) are thrown
 * immediately.
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
        progress(`The database does not respond (${reasonOf(error)}); waiting for up to ${Math.ceil(left / 1000)} s`);
      await delay(Math.min(pause, left));
    }
  }
}

async function attemptAt(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'aldaba' });
  // An unhandled event would end the process; the promise reports the failure.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The error's code, because the driver's message may repeat parts of the URL. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no response in time';
}
