import { z } from 'zod';
import { seconds } from '../kernel/clock.ts';
import { standardId } from '../kernel/ids.ts';
import type { Job, JobOutcome, JobQueue, Jobs } from '../services/jobs/index.ts';
import type { Transaction } from '../store/index.ts';
import type { Core } from './core.ts';
import { findLogoutAudience } from './store/backchannel-logout.ts';

/*
 * OpenID Connect Back-Channel Logout 1.0: an application that people are signed in to through a session is told when the
 * session ends. The promise to tell it is made in the transaction that ends the session; the telling is a job.
 */

const noticeSchema = z.object({
  clientId: z.string(),
  userId: z.string(),
  /** Name of the session that ended. */
  sid: z.string(),
});
type Notice = z.output<typeof noticeSchema>;
const queue: JobQueue<Notice> = { name: 'backchannel-logout', payload: noticeSchema };

/** Promises to tell the applications of a session, or of all of a user's, that it ends. Call it before the session's rows go. */
export async function announceLogout(
  jobs: Pick<Jobs, 'enqueue'>,
  tx: Transaction,
  ended: { uid: string } | { userId: string },
): Promise<void> {
  const audience = await findLogoutAudience(tx, ended);
  await jobs.enqueue(
    tx,
    queue,
    audience.map((notice) => ({ lane: notice.clientId, payload: notice })),
  );
}

type Teller = Pick<Core, 'applications' | 'clock' | 'jobs' | 'keys' | 'log' | 'outbound' | 'tenancy'>;

/** Seconds that a logout token is valid: section 2.4 recommends two minutes at most. */
const tokenTtl = 120;
/** Milliseconds before the next attempt at most, and after which nobody is told any more. */
const longestDelay = 300_000;
const patience = 24 * 3_600_000;

/** Tells applications, from now on. */
export function startLogoutNotices(core: Teller): void {
  core.jobs.work(queue, { concurrency: 8, run: (job, stop) => tell(core, job, stop) });
}

async function tell(core: Teller, job: Job<Notice>, stop: AbortSignal): Promise<JobOutcome<Notice>> {
  const notice = job.payload;
  const tenant = await core.tenancy.get(job.tenantId);
  const client = await core.applications.findClient(tenant, notice.clientId);
  // Deleted since, or it does not want to know any more.
  if (!client?.backchannelLogoutUri) return undefined;
  // Signed anew at every attempt: a token out of the queue would have expired.
  const token = await core.keys.sign(
    tenant,
    {
      sub: notice.userId,
      aud: client.id,
      sid: notice.sid,
      jti: standardId(),
      exp: seconds(core.clock) + tokenTtl,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    { type: 'logout+jwt' },
  );
  const answer = await post(core, client.backchannelLogoutUri, token, stop);
  if (answer === 'taken') return undefined;
  const retryAfter = stop.aborted ? 0 : Math.min(longestDelay, 1000 * 2 ** Math.min(job.attempt - 1, 20));
  if (answer !== 'refused' && core.clock.now() + retryAfter - job.createdAt <= patience) return { retryAfter };
  core.log.warn({ tenant: tenant.id, application: client.id }, 'An application did not take a logout token');
  return undefined;
}

/** `refused` for an answer that another attempt would not change (section 2.8). */
async function post(
  { outbound }: Teller,
  url: string,
  token: string,
  stop: AbortSignal,
): Promise<'taken' | 'refused' | 'away'> {
  try {
    const response = await outbound(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      redirect: 'error',
      signal: stop,
    });
    await response.body?.cancel();
    if (response.ok) return 'taken';
    return response.status === 400 ? 'refused' : 'away';
  } catch {
    // Not there, not reachable, too slow: whatever it was, the next attempt may succeed.
    return 'away';
  }
}
