import type { Hook } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Job, JobOutcome } from '../../../services/jobs/index.ts';
import type { Delivery } from './events.ts';
import { type Answer, send } from './request.ts';

interface DelivererNeeds {
  clock: Clock;
  outbound: Fetch;
  logs: Audit;
  find: (tenantId: string, hookId: string) => Promise<Hook | undefined>;
}

/** Retries after an error response, unless the webhook sets another number. */
const defaultRetries = 3;
/** Milliseconds before the next retry, by the number of error responses. */
const refusalDelays = [1000, 5000, 30_000];
/** An unreachable receiver is retried for this long, whatever its retries, because it has not seen the event. */
const maximumAge = 24 * 3_600_000;
/** Maximum delay between two requests to an unreachable receiver, in milliseconds. */
const longestDelay = 300_000;

/** One delivery attempt: returns whether the delivery is finished, or when to retry. */
export function createDeliverer(
  needs: DelivererNeeds,
): (job: Job<Delivery>, stop: AbortSignal) => Promise<JobOutcome<Delivery>> {
  return async (job, stop) => {
    const delivery = job.payload;
    const hook = await needs.find(job.tenantId, delivery.hookId);
    // The webhook was deleted or disabled since.
    if (!hook?.enabled) return undefined;
    const { body } = delivery;
    const answer = await send(needs.outbound, hook.config, { body, signingKey: hook.signingKey, stop });
    if (stop.aborted && answer.kind !== 'accepted') return { retryAfter: 0 };
    note(needs.logs, job, answer);
    if (answer.kind === 'accepted') return undefined;
    if (answer.kind === 'refused') {
      const refusals = (delivery.refusals ?? 0) + 1;
      if (refusals > (hook.config.retries ?? defaultRetries)) return undefined;
      return { retryAfter: refusalDelays[refusals - 1] ?? longestDelay, payload: { ...delivery, refusals } };
    }
    const retryAfter = Math.min(longestDelay, 1000 * 2 ** Math.min(job.attempt - 1, 20));
    return needs.clock.now() + retryAfter - job.createdAt > maximumAge ? undefined : { retryAfter };
  };
}

function note(logs: Audit, job: Job<Delivery>, answer: Answer): void {
  const delivery = job.payload;
  logs.write(job.tenantId, {
    key: `TriggerHook.${delivery.event}`,
    result: answer.kind === 'accepted' ? 'Success' : 'Error',
    ...(answer.kind === 'accepted'
      ? {}
      : { error: 'reason' in answer ? answer.reason : `The receiver answered with status ${answer.statusCode}.` }),
    more: {
      hookId: delivery.hookId,
      attempt: job.attempt,
      hookRequest: { body: JSON.parse(delivery.body) },
      ...('reason' in answer ? {} : { response: { statusCode: answer.statusCode, body: parsed(answer.body) } }),
    },
  });
}

/** The parsed value of a JSON response, otherwise its text. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // A receiver's response can be anything.
    return body;
  }
}
