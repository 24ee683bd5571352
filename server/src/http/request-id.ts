import { randomInt } from 'node:crypto';
import { standardId } from '../kernel/ids.ts';

/** The header that names a request on every answer, as published clients know it. */
export const requestIdHeader = 'logto-core-request-id';

/**
 * Makes ids that name a request in the log, the audit log and the answer: 18 characters of `[0-9a-z]`. The first ten are of this
 * process, the rest is a counter: drawing each id would cost the shortest requests more than the header itself. They are no
 * secrets. Ids that a client sends are not taken over: it could give two requests the same one.
 */
export function createRequestIds(): () => string {
  const prefix = standardId().slice(0, 10);
  let count = randomInt(36 ** 5);
  return () => {
    count = (count + 1) % 36 ** 8;
    return prefix + count.toString(36).padStart(8, '0');
  };
}
