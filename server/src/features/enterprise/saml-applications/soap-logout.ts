import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { standardId } from '../../../kernel/ids.ts';
import { type Fetch, OutboundError } from '../../../kernel/outbound.ts';
import type { Job, JobOutcome, Jobs } from '../../../services/jobs/index.ts';
import {
  createSoapLogoutRequest,
  SamlRefusal,
  soapBinding,
  statuses,
  verifySoapLogoutResponse,
} from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/database.ts';
import type { Tenancy } from '../../../tenancy/index.ts';
import { addressesOf } from './addresses.ts';
import type { SamlSecrets } from './secrets.ts';
import { type SoapNotice, soapNotices } from './soap-notices.ts';
import type { SamlConfiguration } from './store.ts';

export interface SoapLogoutNeeds {
  clock: Clock;
  logs: Audit;
  jobs: Pick<Jobs, 'work'>;
  /** Requests to applications; rejects private addresses. */
  outbound: Fetch;
  tenancy: Pick<Tenancy, 'get'>;
}

interface Needs extends SoapLogoutNeeds {
  secrets: SamlSecrets;
  findConfiguration: (q: Queries, applicationId: string) => Promise<SamlConfiguration | undefined>;
}

/** Maximum delay before the next attempt, and the age at which a notice is dropped, in milliseconds. */
const longestDelay = 300_000;
const maximumAge = 24 * 3_600_000;
const key = 'SamlApplication.LogoutResponse';

/** Starts the delivery of sign-outs by SOAP. */
export function startSoapLogout(needs: Needs): void {
  needs.jobs.work(soapNotices, { concurrency: 4, run: (job, stop) => tell(needs, job, stop) });
}

async function tell(needs: Needs, job: Job<SoapNotice>, stop: AbortSignal): Promise<JobOutcome<SoapNotice>> {
  const { applicationId, userId } = job.payload;
  const outcome = await ask(needs, job, stop);
  // The application was deleted or is no longer told by SOAP.
  if (outcome === undefined) return undefined;
  const about = { key, applicationId, userId } as const;
  if (outcome === 'ended') {
    needs.logs.write(job.tenantId, { ...about, result: 'Success' });
    return undefined;
  }
  const retryAfter = stop.aborted ? 0 : Math.min(longestDelay, 1000 * 2 ** Math.min(job.attempt - 1, 20));
  const mayRetry = outcome.isAway && needs.clock.now() + retryAfter - job.createdAt <= maximumAge;
  if (mayRetry) return { retryAfter };
  needs.logs.write(job.tenantId, { ...about, result: 'Error', error: outcome.reason });
  return undefined;
}

/** Failures that another attempt may not have. A forbidden address stays forbidden. */
const passing: readonly OutboundError['reason'][] = ['time', 'network'];

type Outcome = 'ended' | { isAway: boolean; reason: string };

async function ask(
  { clock, outbound, tenancy, secrets, findConfiguration }: Needs,
  { tenantId, payload }: Job<SoapNotice>,
  stop: AbortSignal,
): Promise<Outcome | undefined> {
  const { applicationId, nameId, nameIdFormat, sessionUid } = payload;
  const tenant = await tenancy.get(tenantId);
  const own = await findConfiguration(tenant.db, applicationId);
  if (own?.singleLogoutUrl?.binding !== soapBinding || own.requestCertificate === null) return undefined;
  const id = `_${standardId()}`;
  const body = createSoapLogoutRequest({
    ...{ id, nameId, nameIdFormat, sessionIndex: sessionUid, destination: own.singleLogoutUrl },
    // Signed at every attempt, because the message has to be recent.
    issuedAt: new Date(clock.now()),
    issuer: addressesOf(tenant, applicationId).entityId,
    signing: await secrets.signingKey(tenant.db, applicationId),
  });
  try {
    const response = await outbound(own.singleLogoutUrl.url, {
      method: 'POST',
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        soapaction: '"http://www.oasis-open.org/committees/security"',
      },
      body,
      redirect: 'error',
      signal: stop,
    });
    const text = await response.text();
    if (!response.ok) return { isAway: response.status !== 400, reason: `status ${response.status}` };
    const status = verifySoapLogoutResponse(text, {
      ...{ issuer: own.entityId ?? '', certificates: [own.requestCertificate], inResponseTo: id },
      now: new Date(clock.now()),
    });
    return status === statuses.success ? 'ended' : { isAway: false, reason: `status ${status.slice(0, 200)}` };
  } catch (error) {
    if (error instanceof SamlRefusal) return { isAway: false, reason: `${error.reason}: ${error.detail}` };
    if (error instanceof OutboundError)
      return { isAway: passing.includes(error.reason), reason: `${error.reason}: ${error.message}` };
    if (stop.aborted) return { isAway: true, reason: 'the server was stopped' };
    throw error;
  }
}
