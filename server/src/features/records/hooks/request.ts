import { createHmac } from 'node:crypto';
import type { HookConfig, HookEvent } from '@aldaba/contract';
import { type Fetch, OutboundError } from '../../../kernel/outbound.ts';

/** The outcome of a request to a receiver. */
export type Answer =
  | { kind: 'accepted' | 'refused' | 'away'; statusCode: number; body: string }
  | { kind: 'refused' | 'away'; reason: string };

/** Maximum stored length of a response, in characters. */
const keptAnswer = 1024;
/** Responses of a proxy whose receiver is down: the request did not reach the receiver. */
const gatewayStatuses = new Set([502, 503, 504]);

/** The body of a request to a receiver. */
export const bodyOf = (about: { hookId: string; event: HookEvent; createdAt: string }, members: object): string =>
  JSON.stringify({ ...about, ...members });

/** Sends one request. Never throws. */
export async function send(
  outbound: Fetch,
  { url, headers }: HookConfig,
  { body, signingKey, stop }: { body: string; signingKey: string; stop?: AbortSignal },
): Promise<Answer> {
  try {
    const response = await outbound(url, {
      method: 'POST',
      // Signature and headers are meant for the configured URL only.
      redirect: 'manual',
      headers: {
        'user-agent': 'Logto (https://logto.io/)',
        ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
        'content-type': 'application/json',
        'logto-signature-sha-256': createHmac('sha256', signingKey).update(body).digest('hex'),
      },
      body,
      ...(stop ? { signal: stop } : {}),
    });
    const text = (await response.text()).slice(0, keptAnswer);
    const kind = response.ok ? 'accepted' : gatewayStatuses.has(response.status) ? 'away' : 'refused';
    return { kind, statusCode: response.status, body: text };
  } catch (error) {
    // Retrying does not help with a forbidden address or a response that is too long.
    const isFinal = error instanceof OutboundError && (error.reason === 'address' || error.reason === 'size');
    const reason = error instanceof Error ? error.message : 'the request failed';
    return { kind: isFinal ? 'refused' : 'away', reason };
  }
}
