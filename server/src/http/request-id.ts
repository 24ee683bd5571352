import { randomInt } from 'node:crypto';
import { standardId } from '../kernel/ids.ts';

/** The response header with the request id, as published clients know it. */
export const requestIdHeader = 'logto-core-request-id';

/**
 * Generates the id of a request in the log, the audit log and the response: 18 characters of `[0-9a-z]`. The first ten
 * identify this process, the rest is a counter: a random id would cost the shortest requests more than the header
 * itself. Ids are not secret. Ids from clients are ignored, because two requests could then share one.
 */
export function createRequestIds(): () => string {
  const prefix = standardId().slice(0, 10);
  let count = randomInt(36 ** 5);
  return () => {
    count = (count + 1) % 36 ** 8;
    return prefix + count.toString(36).padStart(8, '0');
  };
}
