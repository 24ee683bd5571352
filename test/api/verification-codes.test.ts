import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { movableClock } from '../support/clock.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Verification codes', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({
      world: { clock },
      environment: mailbox.environment,
    });
    api = await manage(server);
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });

  const path = '/api/verification-codes';
  const send = (email: string) => api.post(path, { email });
  const verify = (email: string, verificationCode: string) => api.post(`${path}/verify`, { email, verificationCode });
  const lastCode = () => [...mailbox.received().matchAll(/Code (\d+)/g)].at(-1)?.[1] ?? '';
  const sentTo = async (email: string) => {
    const sent = await send(email);
    assert.deepEqual([sent.status, sent.body], [204, '']);
    return lastCode();
  };
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('rejects a request for a code if no connector can send it and no inbox receives it', async () => {
    await api.patch('/api/configs/inbox', { enabled: false });
    assertRefused(await send('ana@example.com'), 501, 'connector.not_found');
    assertRefused(await api.post(path, { phone: '34600000000' }), 501, 'connector.not_found');
    assertRefused(await api.post(path, {}), 400, 'guard.invalid_input');
  });

  it('sends codes through the published SMTP connector, and accepts each once', async () => {
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    assert.equal((await api.post('/api/connectors', connector)).status, 200);
    const code = await sentTo('ana@example.com');
    assert.match(code, /^\d{6}$/);
    assert.match(mailbox.received(), /RCPT TO:<ana@example\.com>/);
    assertRefused(await verify('bob@example.com', code), 400, 'verification_code.not_found');
    assert.equal((await verify('ANA@example.com', code)).status, 204);
    assertRefused(await verify('ana@example.com', code), 400, 'verification_code.not_found');
  });

  it('rejects malformed codes', async () => {
    const code = await sentTo('form@example.com');
    for (const other of ['', 'abc', `${code}0`, '0'.repeat(100)])
      assertRefused(await verify('form@example.com', other), 400, 'verification_code.code_mismatch');
  });

  // security: message-codes
  it('stores codes as a hash that needs the server’s key', async () => {
    const code = await sentTo('hash@example.com');
    const rows = await server.tenant.db.raw('select * from verification_codes where tenant_id = $1', ['default']);
    assert.ok(rows.length > 0);
    const kept = JSON.stringify(rows);
    assert.equal(kept.includes(code) || kept.includes('hash@example.com'), false);
  });

  it('invalidates a code when a new one is sent, when it expires, and after ten guesses, even if the last is right', async () => {
    const first = await sentTo('end@example.com');
    const second = await sentTo('end@example.com');
    if (first !== second) assertRefused(await verify('end@example.com', first), 400, 'verification_code.code_mismatch');
    clock.ahead += 601_000;
    assertRefused(await verify('end@example.com', second), 400, 'verification_code.expired');
    const third = await sentTo('end@example.com');
    for (let guess = 0; guess < 10; guess += 1)
      assertRefused(await verify('end@example.com', wrong(third)), 400, 'verification_code.code_mismatch');
    assertRefused(await verify('end@example.com', third), 400, 'verification_code.exceed_max_try');
  });

  // security: message-codes
  it('allows exactly as many guesses as the tenant configures', async () => {
    let number = 0;
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(13),
      async (maxRetryAttempts, guesses) => {
        number += 1;
        const email = `limit${number}@example.com`;
        await api.patch('/api/sign-in-exp', { verificationCodePolicy: { maxRetryAttempts } });
        const code = await sentTo(email);
        for (let guess = 0; guess < guesses; guess += 1) {
          const refusal = guess < maxRetryAttempts ? 'code_mismatch' : 'exceed_max_try';
          assertRefused(await verify(email, wrong(code)), 400, `verification_code.${refusal}`);
        }
        assert.equal((await verify(email, code)).status, guesses < maxRetryAttempts ? 204 : 400);
      },
    );
    const examples: [number, number][] = [
      [1, 0],
      [1, 1],
      [3, 2],
      [3, 3],
    ];
    await fc.assert(property, { numRuns: 12, examples });
    await api.patch('/api/sign-in-exp', { verificationCodePolicy: {} });
  });

  // security: single-use, message-codes
  it('checks a code at most ten times in concurrent attempts, and accepts it once', async () => {
    const code = await sentTo('race@example.com');
    const uses = Array.from({ length: 4 }, () => () => verify('race@example.com', code));
    const right = await race(server.app.database, 'verification_codes', uses);
    assert.equal(right.filter(({ status }) => status === 204).length, 1);
    const again = await sentTo('race@example.com');
    const guesses = await Promise.all(Array.from({ length: 15 }, () => verify('race@example.com', wrong(again))));
    assert.equal(guesses.filter(({ body }) => body.code === 'verification_code.code_mismatch').length, 10);
  });

  it('sends at most ten codes to one address in ten minutes, concurrently or one by one', async () => {
    const answers = await Promise.all(Array.from({ length: 13 }, () => send('flood@example.com')));
    assert.equal(answers.filter(({ status }) => status === 204).length, 10);
    assertRefused(await send('flood@example.com'), 429, 'request.message_rate_limited');
    assert.equal((await send('other@example.com')).status, 204);
    clock.ahead += 601_000;
    assert.equal((await send('flood@example.com')).status, 204);
  });

  it('rejects codes of another tenant', async () => {
    const code = await sentTo('tenant@example.com');
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const refused = await admin.post(`${path}/verify`, { email: 'tenant@example.com', verificationCode: code });
    assertRefused(refused, 400, 'verification_code.not_found');
  });

  it('uses the operator’s template for codes', async () => {
    const details = { subject: 'Own', content: 'Own words, then Code {{code}}' };
    await api.put('/api/email-templates', { templates: [{ languageTag: 'en', templateType: 'Generic', details }] });
    await sentTo('own@example.com');
    assert.match(mailbox.received(), /Own words, then Code \d{6}/);
  });
});
