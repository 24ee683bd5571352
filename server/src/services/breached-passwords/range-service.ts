import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { type Fetch, OutboundError } from '../../kernel/outbound.ts';

/** Milliseconds that a user who chooses a password waits for the service at most. */
const timeLimit = 2000;
/** Milliseconds without requests after one that failed, so that an outage does not delay every user. */
const pause = 60_000;
/** Hexadecimal digits of the hash that the service gets: some hundred leaked passwords share them (k-anonymity). */
const prefixLength = 5;

/** A response as the service documents it: the rest of a hash and a count per line. */
const linePattern = /^([0-9A-F]{35}):(\d{1,12})$/i;

interface Needs {
  /** Without the slash before the prefix. */
  url: string;
  outbound: Fetch;
  clock: Clock;
  log: Log;
}

/**
 * Asks a range service for the hashes that begin with the same digits. Without an answer in time, or with another
 * answer than documented, the password counts as unknown: a user must not be locked out by the outage of another
 * service. Neither the password nor a part of its hash is logged.
 * @returns a function that takes a SHA-1 hash as 40 hexadecimal digits, in uppercase
 */
export function createRangeService({ url, outbound, clock, log }: Needs): (hash: string) => Promise<boolean> {
  let pausedUntil = 0;
  return async (hash) => {
    if (clock.now() < pausedUntil) return false;
    try {
      // Padding hides the number of entries, which tells prefixes apart on the network.
      const response = await outbound(`${url}/${hash.slice(0, prefixLength)}`, {
        headers: { 'add-padding': 'true' },
        signal: AbortSignal.timeout(timeLimit),
      });
      return hasSuffix(response.status, await response.text(), hash.slice(prefixLength));
    } catch (error) {
      pausedUntil = clock.now() + pause;
      const { host } = new URL(url);
      log.warn({ host, reason: reasonOf(error) }, 'Breached passwords could not be checked; trying again in 1 minute');
      return false;
    }
  };
}

class UnexpectedAnswer extends Error {}

/** Entries with a count of 0 are padding. */
function hasSuffix(status: number, body: string, suffix: string): boolean {
  if (status !== 200) throw new UnexpectedAnswer(`status ${status}`);
  let isFound = false;
  for (const line of body.trim().split(/\r?\n/)) {
    const [, rest, count] = linePattern.exec(line) ?? [];
    if (rest === undefined) throw new UnexpectedAnswer('another form than hashes with counts');
    if (rest.toUpperCase() === suffix && Number(count) > 0) isFound = true;
  }
  return isFound;
}

/** Without the address, which ends with digits of the hash. */
function reasonOf(error: unknown): string {
  if (error instanceof UnexpectedAnswer) return error.message;
  if (error instanceof OutboundError) return error.reason;
  return error instanceof Error && error.name === 'TimeoutError' ? 'time' : 'unknown';
}
