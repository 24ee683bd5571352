/** One limit for several requests: each may be answered just in time, and all of them take too long. */
import { LdapError } from './errors.ts';

/** Aborted with an LdapError of the reason `time`. */
export type LdapDeadline = AbortSignal;

/** Runs work whose requests to a directory share one limit. @param limit milliseconds */
export async function withDeadline<T>(limit: number, work: (deadline: LdapDeadline) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = () => controller.abort(new LdapError('time', `The directory did not answer everything in ${limit} ms`));
  const timer = setTimeout(late, limit);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
