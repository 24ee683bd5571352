import type { Fetch } from '../../../kernel/outbound.ts';
import { askService, captchaAction, type Finding, recordOf, ServiceFailure } from './finding.ts';

const origin = 'https://recaptchaenterprise.googleapis.com';

/**
 * Asks Google for an assessment. The user's address is not sent: the browser was there already.
 * @throws ServiceFailure
 */
export async function askRecaptcha(
  outbound: Fetch,
  { projectId, siteKey, secret }: { projectId: string; siteKey: string; secret: string },
  token: string,
): Promise<Finding> {
  const answer = await askService(outbound, `${origin}/v1/projects/${encodeURIComponent(projectId)}/assessments`, {
    // Not in the query, which logs on the way would have.
    headers: { 'x-goog-api-key': secret },
    body: { event: { token, siteKey, expectedAction: captchaAction } },
  });
  const { valid, invalidReason, hostname, action, createTime } = recordOf(
    answer.tokenProperties,
    'no token properties',
  );
  if (valid === false)
    return { refusal: /^[A-Z_]{1,40}$/.test(String(invalidReason)) ? `${invalidReason}` : 'invalid' };
  if (valid !== true) throw new ServiceFailure('no verdict');
  const { score } = recordOf(answer.riskAnalysis, 'no risk analysis');
  return { hostname, action, solvedAt: createTime, score, needsScore: true };
}
