import type { Clock } from '../kernel/clock.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { AuthorizationRequest } from './authorize/request.ts';

/** Sign-ins that one client address may leave open, and the milliseconds after which they expire. */
const maximumOpen = 20_000;
/**
 * Characters of a request that count as one sign-in. Client libraries send about 600; longer requests count several
 * times.
 */
const usualLength = 2048;
const window = 3_600_000;
/** Maximum number of counted addresses; the one counted longest is dropped first. */
const maximumClients = 20_000;

/**
 * Counts the sign-ins that anonymous callers begin and do not finish, on this node: each is a row that is kept for an
 * hour. Finished ones do not count, so a busy network or a load test is not rejected.
 */
export interface OpenSignIns {
  /** @throws AldabaError `request.too_many_sign_ins` */
  begin: (tenantId: string, client: string, request: AuthorizationRequest) => void;
  end: (tenantId: string, client: string, request: AuthorizationRequest) => void;
}

const weightOf = (request: AuthorizationRequest): number => Math.ceil(JSON.stringify(request).length / usualLength);

export function createOpenSignIns(clock: Clock, maximum = maximumOpen): OpenSignIns {
  const counts = new Map<string, { open: number; since: number }>();
  return {
    begin(tenantId, client, request) {
      const key = `${tenantId} ${client}`;
      const now = clock.now();
      let count = counts.get(key);
      if (!count || now - count.since >= window) {
        count = { open: 0, since: now };
        counts.delete(key);
        if (counts.size >= maximumClients) counts.delete(counts.keys().next().value as string);
        counts.set(key, count);
      }
      if (count.open >= maximum) {
        const seconds = Math.ceil((count.since + window - now) / 1000);
        throw new AldabaError('request.too_many_sign_ins', { seconds });
      }
      count.open += weightOf(request);
    },
    end(tenantId, client, request) {
      const count = counts.get(`${tenantId} ${client}`);
      if (count) count.open = Math.max(0, count.open - weightOf(request));
    },
  };
}
