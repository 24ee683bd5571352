import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer, type TestServer } from '../../../../test/support/server.ts';
import { createLog } from '../../kernel/log.ts';
import { createMessageLimits, sweepMessageLimits } from './index.ts';

describe('Message limits', () => {
  let server: TestServer;
  const time = { now: Date.parse('2027-01-01T00:00:00Z') };
  const published: object[] = [];
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const hourly = { client: 5, network: 8, tenant: 12 };
  const limits = createMessageLimits({
    clock: { now: () => time.now },
    log: createLog('silent'),
    events: { publish: async (_tx, _event, payload) => void published.push(payload) },
    messageLimits: { email: { ...hourly, tenant: 1000, client: 1000, network: 1000 }, sms: hourly },
  });
  let number = 0;
  const someone = () => {
    number += 1;
    return `155500${number}`;
  };
  const from = (last: number, network = '203.0.113.0/24') => ({ client: `203.0.113.${last}`, network });
  const sms = (last?: number, network?: string) =>
    limits.count(server.tenant, { type: 'Sms', to: someone(), ...(last ? { from: from(last, network) } : {}) });
  const refused = (seconds: number) => ({ code: 'request.message_rate_limited', status: 429, data: { seconds } });
  const later = (hours: number) => {
    time.now += hours * 3_600_000;
  };

  // security: message-costs
  it('limits messages to many recipients by the caller’s address, its network and the tenant', async () => {
    for (let count = 0; count < 5; count += 1) await sms(1);
    time.now += 60_000;
    await assert.rejects(sms(1), refused(3540));
    // Another address of the network, until the network's limit; rejected messages do not count.
    for (let count = 0; count < 3; count += 1) await sms(2);
    await assert.rejects(sms(2), refused(3540));
    await assert.rejects(sms(3), refused(3540));
    for (let count = 0; count < 4; count += 1)
      await sms(1, `198.51.${count}.0/24`).catch(() => sms(4 + count, `198.51.${count}.0/24`));
    await assert.rejects(sms(9, '198.51.9.0/24'), refused(3540));
    // An operator's program also counts for the tenant.
    await assert.rejects(sms(), refused(3540));
    later(1);
    await sms(1);
  });

  // security: message-costs
  it('limits one address to ten messages in ten minutes for all callers together, and informs operators once', async () => {
    later(2);
    const to = 'ana@example.com';
    for (let count = 0; count < 10; count += 1) await limits.count(server.tenant, { type: 'Email', to });
    for (let count = 0; count < 3; count += 1)
      await assert.rejects(limits.count(server.tenant, { type: 'Email', to: 'ANA@example.com' }), refused(600));
    assert.deepEqual(published, [{ data: { type: 'email', value: 'ANA@example.com' } }]);
    time.now += 600_000;
    await limits.count(server.tenant, { type: 'Email', to });
  });

  // security: message-costs
  it('does not let concurrent messages exceed a limit together', async () => {
    later(2);
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => sms(1)));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 5);
  });

  it('deletes expired counters', async () => {
    later(2);
    await sweepMessageLimits(server.app.database.system, time.now, () => false);
    assert.deepEqual(await server.app.database.system.raw('select * from message_limits'), []);
  });
});
