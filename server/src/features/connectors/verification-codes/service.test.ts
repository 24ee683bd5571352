import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { instanceOf, type Message } from '@aldaba/connectors/kit';
import { type Mailbox, openMailbox } from '../../../../../test/support/mailbox.ts';
import { manage } from '../../../../../test/support/management.ts';
import { startServer, type TestServer } from '../../../../../test/support/server.ts';
import { createVault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { createLog } from '../../../kernel/log.ts';
import { createMessageLimits, defaultMessageLimits } from '../../../services/message-limits/index.ts';
import type { BoundConnector } from '../connectors/index.ts';
import { type CodeDelivery, type CodeMessage, createVerificationCodes } from './service.ts';

/** A mail service that responds when the test says so. */
function createMailService() {
  const sent: Message[] = [];
  let answer: (message: Message) => Promise<void> = async () => undefined;
  let arrived = Promise.withResolvers<void>();
  const connector: BoundConnector = {
    ...instanceOf({
      sendMessage: async (message) => {
        sent.push(message);
        arrived.resolve();
        await answer(message);
      },
    }),
    id: 'mail',
    type: 'Email',
    target: '',
    platform: null,
    syncProfile: false,
    emailDomainsFor: () => [],
  };
  return {
    connector,
    sent,
    /** Delays responses until the returned function is called. */
    hang() {
      const held = Promise.withResolvers<void>();
      answer = () => held.promise;
      arrived = Promise.withResolvers();
      return held.resolve;
    },
    /** Fails every message from now on. */
    fail(say: (message: Message) => string) {
      answer = async (message) => {
        throw new AldabaError('connector.general', { errorDescription: say(message) });
      };
    },
    arrival: () => arrived.promise,
  };
}

describe('Verification codes', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({ environment: mailbox.environment });
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });

  let number = 0;
  const newAddress = () => {
    number += 1;
    return { type: 'Email', value: `person${number}@example.com` } as const;
  };
  const message = (delivery: CodeDelivery): CodeMessage => ({ purpose: 'sign-in 1', template: 'SignIn', delivery });
  const open = (sender: BoundConnector | undefined) => {
    const lines: string[] = [];
    const write = (fields: object, sentence: string) => void lines.push(JSON.stringify({ ...fields, sentence }));
    const codes = createVerificationCodes({
      clock: { now: Date.now },
      vault: createVault('a secret for tests that is long enough'),
      limits: createMessageLimits({
        clock: { now: Date.now },
        log: createLog('silent'),
        events: { publish: async () => undefined },
        messageLimits: defaultMessageLimits,
      }),
      connectors: { sender: async () => sender },
      signInExperiences: server.app.signInExperiences,
      log: { debug: write, info: write, warn: write, error: write },
    });
    return { codes, lines };
  };
  const rows = () =>
    server.tenant.db.raw(
      `select purpose, tries from verification_codes where tenant_id = $1
       union all select split_part(key, ' ', 1), sent from message_limits where tenant_id = $1 order by 1, 2`,
      [server.tenant.id],
    );

  it('sends codes in the background without waiting for the connector, and waits for them when stopping', async () => {
    const service = createMailService();
    const { codes } = open(service.connector);
    const release = service.hang();
    const address = newAddress();
    await codes.send(server.tenant, address, message('background'));
    await service.arrival();
    const [{ payload } = assert.fail('nothing was sent')] = service.sent;
    let closed = false;
    const closing = codes.close().then(() => {
      closed = true;
    });
    await codes.verify(server.tenant, address, { purpose: 'sign-in 1', code: String(payload.code) });
    assert.equal(closed, false);
    release();
    await closing;
  });

  it('still sends a code that was started before a stop', async () => {
    const service = createMailService();
    const { codes } = open(service.connector);
    await codes.send(server.tenant, newAddress(), message('background'));
    await codes.close();
    assert.equal(service.sent.length, 1);
  });

  // security: leaked-secrets
  it('reports a failed delivery to the waiting caller, otherwise to the log, without code and address', async () => {
    const service = createMailService();
    const { codes, lines } = open(service.connector);
    const address = newAddress();
    service.fail(() => `550 no such user ${address.value}`);
    await assert.rejects(codes.send(server.tenant, address, message('awaited')), { code: 'connector.general' });
    assert.deepEqual(lines, []);
    const asked = { ...message('awaited'), purpose: 'management' as const };
    await assert.rejects(codes.send(server.tenant, address, asked), /550 no such user/);
    await codes.send(server.tenant, address, message('background'));
    await codes.close();
    assert.equal(lines.length, 1);
    const [line = ''] = lines;
    assert.match(line, /"reason":"connector\.general"/);
    const code = String(service.sent.at(-1)?.payload.code);
    assert.equal(line.includes(code) || line.includes(address.value), false);
  });

  // security: message-codes
  it('does not show the caller a code that a failing provider repeats', async () => {
    const service = createMailService();
    const { codes } = open(service.connector);
    service.fail(({ payload }) => `refused: ${payload.code}`);
    const failure = await codes.send(server.tenant, newAddress(), message('awaited')).catch((error: unknown) => error);
    assert.ok(failure instanceof AldabaError);
    const code = String(service.sent.at(-1)?.payload.code);
    assert.equal(JSON.stringify([failure.toBody(), failure.cause ?? null]).includes(code), false);
  });

  // security: account-enumeration
  it('leaves the same traces for a withheld code as for a sent one, including the limit', async () => {
    const service = createMailService();
    const { codes } = open(service.connector);
    const left = async (delivery: CodeDelivery) => {
      for (const table of ['verification_codes', 'message_limits'])
        await server.tenant.db.raw(`delete from ${table} where tenant_id = $1`, [server.tenant.id]);
      const address = newAddress();
      for (let count = 0; count < 10; count += 1) await codes.send(server.tenant, address, message(delivery));
      await assert.rejects(codes.send(server.tenant, address, message(delivery)), {
        code: 'request.message_rate_limited',
      });
      await assert.rejects(codes.verify(server.tenant, address, { purpose: 'sign-in 1', code: 'wrong' }), {
        code: 'verification_code.code_mismatch',
      });
      return rows();
    };
    const withheld = await left('withheld');
    await codes.close();
    assert.equal(service.sent.length, 0);
    assert.deepEqual(withheld, await left('background'));
    await codes.close();
    assert.equal(service.sent.length, 10);
  });

  it('rejects every request for a code if no connector exists', async () => {
    const { codes } = open(undefined);
    for (const delivery of ['awaited', 'background', 'withheld'] as const) {
      await assert.rejects(codes.send(server.tenant, newAddress(), message(delivery)), {
        code: 'connector.not_found',
        data: { type: 'Email' },
      });
    }
  });

  // security: account-enumeration
  it('rejects sent and withheld codes alike while 100 messages of the tenant hang, but not those of other tenants', async () => {
    const service = createMailService();
    const { codes } = open(service.connector);
    const release = service.hang();
    for (let count = 0; count < 100; count += 1) await codes.send(server.tenant, newAddress(), message('background'));
    for (const delivery of ['background', 'withheld'] as const) {
      await assert.rejects(codes.send(server.tenant, newAddress(), message(delivery)), { code: 'request.overloaded' });
    }
    const admin = await server.app.tenancy.get('admin');
    await codes.send(admin, newAddress(), message('background'));
    release();
    await codes.close();
    assert.equal(service.sent.length, 101);
    await codes.send(server.tenant, newAddress(), message('withheld'));
  });

  it('uses the template for the usage in the user’s language', async () => {
    const api = await manage(server);
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    assert.equal((await api.post('/api/connectors', connector)).status, 200);
    const template = (languageTag: string, templateType: string, content: string) => ({
      languageTag,
      templateType,
      details: { subject: 'Own', content },
    });
    const templates = [
      template('en', 'SignIn', 'Hello from {{application.name}}: {{code}}'),
      template('es', 'SignIn', 'Hola de {{application.name}}: {{code}}'),
      template('es', 'ForgotPassword', 'Olvidada: {{code}}'),
    ];
    assert.equal((await api.put('/api/email-templates', { templates })).status, 200);
    const { codes } = open(await server.app.connectors.sender(server.tenant, 'Email'));
    const payload = { application: { name: 'Shop' } };
    const send = (template: CodeMessage['template'], locale?: string) =>
      codes.send(server.tenant, newAddress(), { ...message('awaited'), template, locale, payload });
    await send('SignIn', 'es-MX');
    assert.match(mailbox.received(), /Hola de Shop: \d{6}/);
    await send('SignIn');
    assert.match(mailbox.received(), /Hello from Shop: \d{6}/);
    await send('ForgotPassword', 'es');
    assert.match(mailbox.received(), /Olvidada: \d{6}/);
  });
});
