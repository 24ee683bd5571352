import type { Fetch } from '../../../kernel/outbound.ts';
import { askService, type Finding, ServiceFailure } from './finding.ts';

const address = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

/** Codes about the answer. All others are about the keys or the service, such as `invalid-input-secret`. */
const aboutAnswer: ReadonlySet<unknown> = new Set([
  'missing-input-response',
  'invalid-input-response',
  'timeout-or-duplicate',
]);

/** Asks Cloudflare. The user's address is not sent: the browser was there already. @throws ServiceFailure */
export async function askTurnstile(outbound: Fetch, secret: string, response: string): Promise<Finding> {
  const answer = await askService(outbound, address, { body: { secret, response } });
  if (answer.success === true)
    return { hostname: answer.hostname, action: answer.action, solvedAt: answer.challenge_ts };
  const codes: unknown[] = Array.isArray(answer['error-codes']) ? answer['error-codes'] : [];
  if (answer.success === false && codes.length > 0 && codes.every((code) => aboutAnswer.has(code)))
    return { refusal: codes.join() };
  throw new ServiceFailure(codes.filter((code) => /^[a-z-]{1,40}$/.test(String(code))).join() || 'no verdict');
}
