import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Hook } from '@aldaba/contract';
import type { AuditEntry } from '../../../kernel/audit.ts';
import { createDeliverer } from './deliveries.ts';
import type { Delivery } from './events.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * Delivers one event to a receiver whose response depends on the milliseconds since the change; the clock jumps to each
 * attempt.
 */
async function deliver(answerAt: (time: number) => number | 'away', config: Partial<Hook['config']> = {}) {
  let now = 0;
  const attempts: { at: number; body: unknown; signature: string | null }[] = [];
  const notes: AuditEntry[] = [];
  const hook: Hook = {
    tenantId: 't',
    id: 'hook',
    name: '',
    event: null,
    events: ['User.Created'],
    config: { url: 'https://receiver.test/', ...config },
    signingKey: 'key',
    enabled: true,
    createdAt: 0,
  };
  const run = createDeliverer({
    clock: { now: () => now },
    find: async () => hook,
    logs: { write: (_tenantId, entry) => notes.push(entry) },
    outbound: async (_url, init) => {
      const signature = new Headers(init?.headers).get('logto-signature-sha-256');
      attempts.push({ at: now, body: init?.body, signature });
      const answer = answerAt(now);
      if (answer === 'away') throw new TypeError('receiver.test could not be reached');
      return new Response('', { status: answer });
    },
  });
  let payload: Delivery = { hookId: 'hook', event: 'User.Created', body: '{"hookId":"hook","event":"User.Created"}' };
  for (let attempt = 1; ; attempt += 1) {
    const job = { tenantId: 't', payload, attempt, createdAt: 0 };
    const outcome = await run(job, new AbortController().signal);
    if (!outcome) break;
    now += outcome.retryAfter;
    payload = outcome.payload ?? payload;
  }
  return { attempts, times: attempts.map(({ at }) => at), results: notes.map(({ result }) => result) };
}

describe('Webhook delivery', () => {
  it('delivers within 5 minutes after a receiver returns from an hour of downtime, whatever its retries', async () => {
    for (const retries of [0, 3]) {
      const { times, attempts, results } = await deliver((time) => (time < hour ? 'away' : 200), { retries });
      const last = times.at(-1) as number;
      assert.ok(last >= hour && last <= hour + 5 * minute, `${last / minute} minutes`);
      assert.deepEqual(times.slice(0, 4), [0, 1000, 3000, 7000]);
      assert.deepEqual(results.indexOf('Success'), results.length - 1);
      assert.equal(new Set(attempts.map(({ body, signature }) => `${body} ${signature}`)).size, 1);
    }
  });

  it('retries often enough for any length of downtime', async () => {
    for (let away = minute; away < 23 * hour; away = Math.ceil(away * 1.7)) {
      const { times } = await deliver((time) => (time < away ? 503 : 200));
      const last = times.at(-1) as number;
      assert.ok(last >= away && last - away <= Math.max(1000, Math.min(away, 5 * minute)), `${away} ${last}`);
    }
  });

  it('gives up when the receiver has been unreachable for a day', async () => {
    const { times, results } = await deliver(() => 'away');
    const last = times.at(-1) as number;
    assert.ok(last <= 24 * hour && last > 24 * hour - 5 * minute, `${last / hour} hours`);
    assert.ok(results.every((result) => result === 'Error'));
  });

  it('retries after an error response as often as the webhook allows', async () => {
    for (const retries of [0, 1, 2, 3]) {
      const { times } = await deliver(() => 500, { retries });
      assert.deepEqual(times, [0, 1000, 6000, 36_000].slice(0, retries + 1));
    }
    assert.equal((await deliver(() => 500)).times.length, 4);
  });

  it('keeps the retries while the receiver is unreachable', async () => {
    const { times } = await deliver((time) => (time < hour ? 'away' : 500), { retries: 3 });
    assert.equal(times.filter((time) => time >= hour).length, 4);
  });
});
