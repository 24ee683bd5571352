import { z } from 'zod';
import { soapNotices } from '../features/enterprise/saml-applications/soap-notices.ts';
import { seconds } from '../kernel/clock.ts';
import { standardId } from '../kernel/ids.ts';
import type { Job, JobOutcome, JobQueue, Jobs } from '../services/jobs/index.ts';
import type { Transaction } from '../store/index.ts';
import type { Core } from './core.ts';
import { findLogoutAudience } from './store/backchannel-logout.ts';
import { findSoapAudience } from './store/saml-audience.ts';

/*
 * OpenID Connect Back-Channel Logout 1.0: notifies the applications of a session when the session ends. The
 * notification is enqueued in the transaction that ends the session and sent by a job. SAML applications that take
 * sign-outs by SOAP are notified in the same way.
 */

const noticeSchema = z.object({
  clientId: z.string(),
  userId: z.string(),
  /** Id of the ended session. */
  sid: z.string(),
});
type Notice = z.output<typeof noticeSchema>;
const queue: JobQueue<Notice> = { name: 'backchannel-logout', payload: noticeSchema };

/**
 * Enqueues notifications to the applications of a session, or of all of a user's sessions. Call it before the session's
 * rows are deleted.
 */
export async function announceLogout(
  jobs: Pick<Jobs, 'enqueue'>,
  tx: Transaction,
  ended: { uid: string } | { userId: string },
): Promise<void> {
  const audience = await findLogoutAudience(tx, ended);
  await jobs.enqueue(
    tx,
    queue,
    audience.map((notice) => ({ destination: notice.clientId, payload: notice })),
  );
  const portals = await findSoapAudience(tx, ended);
  await jobs.enqueue(
    tx,
    soapNotices,
    portals.map((notice) => ({ destination: notice.applicationId, payload: notice })),
  );
}

type Teller = Pick<Core, 'applications' | 'clock' | 'jobs' | 'keys' | 'log' | 'outbound' | 'tenancy'>;

/** Lifetime of a logout token in seconds: section 2.4 recommends at most 2 minutes. */
const tokenTtl = 120;
/** Maximum delay before the next attempt, and the age at which a notification is dropped, in milliseconds. */
const longestDelay = 300_000;
const maximumAge = 24 * 3_600_000;

/** Starts the delivery of notifications. */
export function startLogoutNotices(core: Teller): void {
  core.jobs.work(queue, { concurrency: 8, run: (job, stop) => tell(core, job, stop) });
}

async function tell(core: Teller, job: Job<Notice>, stop: AbortSignal): Promise<JobOutcome<Notice>> {
  const notice = job.payload;
  const tenant = await core.tenancy.get(job.tenantId);
  const client = await core.applications.findClient(tenant, notice.clientId);
  // The application was deleted or no longer wants notifications.
  if (!client?.backchannelLogoutUri) return undefined;
  // Signed at every attempt, because a stored token would have expired.
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
  if (answer !== 'refused' && core.clock.now() + retryAfter - job.createdAt <= maximumAge) return { retryAfter };
  core.log.warn({ tenant: tenant.id, application: client.id }, 'An application did not take a logout token');
  return undefined;
}

/** `refused` for a response that another attempt would not change (section 2.8). */
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
    // Unreachable or too slow: the next attempt may succeed.
    return 'away';
  }
}
