import type { SignInExperience } from '@aldaba/contract';
import { z } from 'zod';
import type { AccountChange, Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Job, JobOutcome, JobQueue, Jobs } from '../../../services/jobs/index.ts';
import type { MessageLimits } from '../../../services/message-limits/index.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import type { Connectors } from '../../connectors/connectors/index.ts';
import { changeSentence } from '../../connectors/email-templates/account-change.ts';
import type { Users } from '../users/index.ts';

export interface AccountNoticesNeeds {
  changes: Changes<Transaction>;
  jobs: Pick<Jobs, 'enqueue' | 'work'>;
  tenancy: Pick<Tenancy, 'get'>;
  users: Pick<Users, 'find'>;
  connectors: Pick<Connectors, 'sender'>;
  limits: MessageLimits;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
  log: Log;
}

const noticeSchema = z.object({
  to: z.string(),
  name: z.string(),
  what: z.string(),
  /** The user's own, if known. */
  locale: z.string().optional(),
  /** Milliseconds since the epoch. */
  deletesAt: z.number().optional(),
});
type Notice = z.output<typeof noticeSchema>;
const queue: JobQueue<Notice> = { name: 'account-notices', payload: noticeSchema };

/** Delays in milliseconds before each attempt after the first; the last failure is logged. */
const delays = [10_000, 60_000, 600_000, 3_600_000];

/** Follows changes of accounts and sends the notices. */
export function startAccountNotices(needs: AccountNoticesNeeds): void {
  const { changes, jobs, users } = needs;
  changes.on('account.changed', async (tx, { userId, what, formerEmail, deletesAt }) => {
    const user = await users.find(tx, userId);
    const to = formerEmail === undefined ? user?.primaryEmail : formerEmail;
    if (!user || !to) return;
    const { locale } = user.profile;
    const payload = {
      to,
      what,
      name: user.name ?? user.username ?? to,
      ...(typeof locale === 'string' && locale !== '' ? { locale } : {}),
      ...(deletesAt === undefined ? {} : { deletesAt }),
    };
    await jobs.enqueue(tx, queue, [{ destination: tx.tenantId, payload }]);
  });
  jobs.work(queue, { concurrency: 4, run: (job, stop) => send(needs, job, stop) });
}

async function send(needs: AccountNoticesNeeds, job: Job<Notice>, stop: AbortSignal): Promise<JobOutcome<Notice>> {
  const { tenancy, connectors, limits, log } = needs;
  const tenant = await tenancy.get(job.tenantId);
  const sender = await connectors.sender(tenant, 'Email');
  if (!sender) return undefined;
  const { to } = job.payload;
  try {
    await limits.count(tenant, { type: 'Email', to });
    await sender.sendMessage(
      { to, type: 'AccountChange', payload: await contentOf(needs, tenant, job) },
      { signal: stop },
    );
    return undefined;
  } catch (error) {
    const retryAfter = stop.aborted ? 0 : delays[job.attempt - 1];
    if (retryAfter !== undefined) return { retryAfter: Math.max(retryAfter, waitOf(error)) };
    // Only the type: providers repeat the address in their errors.
    const reason = error instanceof AldabaError ? error.code : error instanceof Error ? error.name : typeof error;
    log.warn({ tenant: tenant.id, connector: sender.id, reason }, 'A notice of a changed account could not be sent');
    return undefined;
  }
}

/** Milliseconds until a limit admits the message. */
const waitOf = (error: unknown): number =>
  error instanceof AldabaError && error.is('request.message_rate_limited') ? error.data.seconds * 1000 : 0;

async function contentOf(
  { signInExperiences }: AccountNoticesNeeds,
  tenant: Tenant,
  { payload: { what, name, locale: own, deletesAt }, createdAt }: Job<Notice>,
): Promise<Record<string, unknown>> {
  const locale = own ?? (await signInExperiences.get(tenant)).languageInfo.fallbackLanguage;
  const accountUrl = `${tenant.baseUrl}/account`;
  return {
    locale,
    change: changeSentence(what as AccountChange, { locale, deletesAt, accountUrl }),
    user: { name },
    service: tenant.name,
    accountUrl,
    time: new Date(createdAt).toISOString(),
  };
}
