/** What a captcha service says about an answer, and whether that is enough. */
import { type Fetch, OutboundError } from '../../../kernel/outbound.ts';

/** The service refused the answer, or says where, when and for what the user gave it. */
export type Finding =
  | { refusal: string }
  | { hostname: unknown; action: unknown; solvedAt: unknown; score?: unknown; needsScore?: true };

/** The service could not be asked, or its response is not what it documents: that says nothing about the user. */
export class ServiceFailure extends Error {}

/** The action of an answer. Services count answers by it. */
export const captchaAction = 'sign_in';

/** Milliseconds that a user waits for the service at most. */
const timeLimit = 3000;
/** Milliseconds for which an answer counts; both services document at most 5 minutes. */
export const answerLifetime = 300_000;
/** Milliseconds by which the clock of the service may be ahead. */
const clockSkew = 60_000;
/** Google's default between people (1) and programs (0). */
const leastScore = 0.5;

/**
 * Why an answer is refused, for the audit log; undefined for a right one. An absent member is a refusal, so that a
 * service which changes its response opens nothing.
 */
export function refusalOf(finding: Finding, { hostname, now }: { hostname: string; now: number }): string | undefined {
  if ('refusal' in finding) return finding.refusal;
  if (finding.action !== captchaAction) return 'another action';
  if (finding.hostname !== hostname) return 'another host';
  const solvedAt = typeof finding.solvedAt === 'string' ? Date.parse(finding.solvedAt) : Number.NaN;
  if (!(solvedAt > now - answerLifetime && solvedAt < now + clockSkew)) return 'expired';
  if (finding.needsScore && !(typeof finding.score === 'number' && finding.score >= leastScore)) return 'low score';
  return undefined;
}

/** The response of a service as JSON. @throws ServiceFailure */
export async function askService(
  outbound: Fetch,
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body: object },
): Promise<Record<string, unknown>> {
  const response = await outbound(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // Its redirects would get the secret.
    redirect: 'error',
    signal: AbortSignal.timeout(timeLimit),
  }).catch((error: unknown) => {
    throw new ServiceFailure(reasonOf(error));
  });
  if (response.status !== 200) throw new ServiceFailure(`status ${response.status}`);
  const answer: unknown = await response.json().catch(() => undefined);
  return recordOf(answer, 'another form than JSON');
}

/** Of JSON. @throws ServiceFailure */
export function recordOf(value: unknown, failure: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ServiceFailure(failure);
  return value as Record<string, unknown>;
}

/** Without the message, which could quote the service. */
function reasonOf(error: unknown): string {
  if (error instanceof OutboundError) return error.reason;
  return error instanceof Error && error.name === 'TimeoutError' ? 'time' : 'network';
}
