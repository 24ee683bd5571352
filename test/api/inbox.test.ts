import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sweepInbox } from '../../server/src/features/connectors/inbox/index.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { createAdministrator, invite, managerOf, useLink } from '../support/administrator.ts';
import { createAgent } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { commandLine } from '../support/command-line.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const messagesPath = '/api/inbox/messages';
const settingPath = '/api/configs/inbox';
const codesPath = '/api/verification-codes';
const hour = 3_600_000;

describe('The inbox of a tenant in development', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let api: Manager;
  const clock = movableClock();
  const logged: string[] = [];
  before(async () => {
    mailbox = await openMailbox();
    const write = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
    const log = { ...createLog('silent'), debug: write, info: write, warn: write, error: write };
    server = await startServer({
      world: { clock, log },
      environment: {
        ...mailbox.environment,
        MESSAGE_LIMITS_JSON: '{"email":{"tenant":100000,"client":100000,"network":100000}}',
      },
    });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await mailbox?.close();
  });

  const list = async () => (await api.get(messagesPath)).body;
  /** Sends a code and returns the message that has it, which is the newest. */
  const sendTo = async (address: { email: string } | { phone: string }) => {
    clock.ahead += 10;
    const { status, body } = await api.post(codesPath, address);
    assert.equal(status, 204, JSON.stringify(body));
    return (await list())[0];
  };
  const auditOf = async (key: string) => (await api.get(`/api/logs?logKey=${key}`)).body;

  it('receives emails and text messages without a connector, with codes that work', async () => {
    assert.deepEqual((await api.get(settingPath)).body, {
      enabled: true,
      isAvailable: true,
      receives: ['Email', 'Sms'],
    });
    const text = await sendTo({ phone: '34600000000' });
    const mail = await sendTo({ email: 'ana@example.com' });
    assert.deepEqual([text.kind, text.to, text.subject], ['Sms', '34600000000', null]);
    assert.deepEqual([mail.kind, mail.to, mail.type], ['Email', 'ana@example.com', 'Generic']);
    assert.deepEqual(
      (await list()).map(({ id }: { id: string }) => id),
      [mail.id, text.id],
    );
    const { body: whole } = await api.get(`${messagesPath}/${mail.id}`);
    assert.ok(whole.content.includes(mail.code), whole.content);
    for (const [address, code] of [
      [{ email: 'ana@example.com' }, mail.code],
      [{ phone: '34600000000' }, text.code],
    ] as const)
      assert.equal((await api.post(`${codesPath}/verify`, { ...address, verificationCode: code })).status, 204);
  });

  it('lets sign-in use codes: the pages offer a password reset, and the settings accept codes', async () => {
    const { body } = await api.get('/api/.well-known/sign-in-exp');
    assert.deepEqual(body.forgotPassword, { email: true, phone: true });
    const factors = { factors: ['EmailVerificationCode'], policy: 'NoPrompt' };
    assert.equal((await api.patch('/api/sign-in-exp', { mfa: factors })).status, 200);
    await api.patch('/api/sign-in-exp', { mfa: { factors: [], policy: 'NoPrompt' } });
  });

  it('shows what the email template of the tenant makes of the message, with values as text', async () => {
    const details = { subject: '{{code}} for you', content: '<b>{{code}}</b> {{user.name}}', contentType: 'text/html' };
    await api.put('/api/email-templates', { templates: [{ languageTag: 'en', templateType: 'Generic', details }] });
    const { id, code, subject } = await sendTo({ email: 'eva@example.com' });
    const { body } = await api.get(`${messagesPath}/${id}`);
    assert.equal(subject, `${code} for you`);
    assert.deepEqual([body.content, body.contentType], [`<b>${code}</b> {{user.name}}`, 'text/html']);
    await api.delete('/api/email-templates?languageTag=en');
  });

  // security: partial-access, development-inbox
  it('hides codes, links and texts from colleagues who only read, and writes no code to the log', async () => {
    const { id, code } = await sendTo({ email: 'mei@example.com' });
    const admin = await managerOf(server, await createAdministrator(server, 'root'));
    const agent = createAgent();
    await useLink(server, agent, (await invite(admin, { role: 'read-only' })).link, 'reader');
    const reader = await managerOf(server, agent);
    assert.equal((await admin.get(`${messagesPath}/${id}`)).body.code, code);
    for (const path of [messagesPath, `${messagesPath}/${id}`]) {
      const { status, body } = await reader.get(path);
      assert.equal(status, 200);
      assert.ok(JSON.stringify(body).includes('mei@example.com'));
      assert.ok(!JSON.stringify(body).includes(code), path);
    }
    assertRefused(await reader.delete(messagesPath), 403, 'auth.forbidden');
    assertRefused(await reader.patch(settingPath, { enabled: false }), 403, 'auth.forbidden');
    assert.ok(!logged.join().includes(code));
    assert.ok(!JSON.stringify(await auditOf('')).includes(code));
    const [row] = await server.app.database.system.raw('select * from inbox_messages where id = $1', [id]);
    assert.ok(!JSON.stringify(row).includes(code), 'the code is readable in the database');
  });

  // security: tenant-isolation, development-inbox
  it('is unreachable from another tenant', async () => {
    const { id } = await sendTo({ email: 'own@example.com' });
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const other = await manage(server, acme);
    assert.deepEqual((await other.get(messagesPath)).body, []);
    assertRefused(await other.get(`${messagesPath}/${id}`), 404, 'entity.not_exists_with_id');
    assert.equal((await other.delete(messagesPath)).status, 204);
    assert.equal((await api.get(`${messagesPath}/${id}`)).status, 200);
  });

  it('keeps the newest 100 messages, and none for longer than 24 hours', async () => {
    for (let number = 0; number < 102; number += 1) await sendTo({ email: `user${number}@example.com` });
    const kept = await list();
    assert.equal(kept.length, 100);
    assert.deepEqual([kept[0]?.to, kept[99]?.to], ['user101@example.com', 'user2@example.com']);
    const count = async () =>
      (await server.app.database.system.raw('select 1 from inbox_messages where tenant_id = $1', ['default'])).length;
    assert.equal(await count(), 100);
    clock.ahead += 25 * hour;
    const fresh = await manage(server);
    assert.deepEqual((await fresh.get(messagesPath)).body, []);
    assertRefused(await fresh.get(`${messagesPath}/${kept[0]?.id}`), 404, 'entity.not_exists_with_id');
    await sweepInbox(server.app.database.system, clock.now(), () => false);
    assert.equal(await count(), 0);
    api = fresh;
  });

  it('can be emptied, and the audit log says by whom', async () => {
    await sendTo({ email: 'gone@example.com' });
    assert.equal((await api.delete(messagesPath)).status, 204);
    assert.deepEqual(await list(), []);
    const [entry] = await auditOf('Inbox.Empty');
    assert.equal(entry.payload.params.messages, 1);
    assert.equal(typeof entry.payload.params.actorId, 'string');
  });

  it('receives nothing while it is switched off, and loses its messages', async () => {
    await sendTo({ email: 'off@example.com' });
    assert.deepEqual((await api.patch(settingPath, { enabled: false })).body, {
      enabled: false,
      isAvailable: true,
      receives: [],
    });
    assertRefused(await api.post(codesPath, { email: 'off@example.com' }), 501, 'connector.not_found');
    assert.deepEqual((await api.get('/api/.well-known/sign-in-exp')).body.forgotPassword, {
      email: false,
      phone: false,
    });
    await api.patch(settingPath, { enabled: true });
    assert.deepEqual(await list(), []);
    await sendTo({ email: 'on@example.com' });
    assert.equal((await auditOf('Inbox.Change'))[0].payload.params.enabled, true);
  });

  it('leaves a kind of messages to a connector as soon as the tenant has one', async () => {
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    const { body } = await api.post('/api/connectors', connector);
    assert.deepEqual((await api.get(settingPath)).body.receives, ['Sms']);
    const before = await list();
    await api.post(codesPath, { email: 'real@example.com' });
    assert.match(mailbox.received(), /RCPT TO:<real@example\.com>/);
    assert.deepEqual(await list(), before);
    await api.delete(`/api/connectors/${body.id}`);
    assert.deepEqual((await api.get(settingPath)).body.receives, ['Email', 'Sms']);
  });

  it('is printed and switched by the command line', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-inbox-'));
    try {
      const aldaba = commandLine(server, { dataFolder });
      await api.delete(messagesPath);
      assert.match((await aldaba('inbox')).out, /The inbox is empty/);
      // The program has the time of the machine.
      clock.ahead = 0;
      const now = await manage(server);
      await now.post(codesPath, { phone: '34611111111' });
      const [{ code }] = (await now.get(messagesPath)).body;
      const { out } = await aldaba('inbox');
      assert.match(out, new RegExp(`\\+34611111111 .*${code}`));
      assert.equal((await aldaba('inbox', 'off')).code, 0);
      assert.deepEqual((await aldaba.json<{ messages: unknown[] }>('inbox')).messages, []);
      assert.match((await aldaba('inbox')).out, /The inbox is off/);
    } finally {
      await rm(dataFolder, { recursive: true, force: true });
    }
  });
});

describe('Tenants without an inbox', () => {
  // security: development-inbox
  it('are those with an https address, where the setting is refused and codes need a connector', async () => {
    const server = await startServer({ environment: { ENDPOINT: 'https://id.example.com' } });
    try {
      const { applications } = server.app;
      const machine = await server.tenant.db.transaction(async (tx) => {
        const created = await applications.create(tx, { name: 'Manager', type: 'MachineToMachine' });
        await applications.update(tx, created.id, { isAdmin: true });
        return { id: created.id, secret: created.secret ?? '' };
      });
      const { body: tokens } = await requestToken(server.url, machine);
      const api = managerWith(server.url, tokens.access_token);
      assert.deepEqual((await api.get(settingPath)).body, { enabled: false, isAvailable: false, receives: [] });
      assertRefused(await api.patch(settingPath, { enabled: true }), 422, 'request.feature_not_supported');
      assertRefused(await api.post(codesPath, { email: 'ana@example.com' }), 501, 'connector.not_found');
      assert.deepEqual((await api.get('/api/.well-known/sign-in-exp')).body.forgotPassword, {
        email: false,
        phone: false,
      });
      assert.equal(await server.app.inboxUrl(), undefined);
    } finally {
      await server.close();
    }
  });

  // security: development-inbox
  it('include the admin tenant, whose administrators could sign in as each other', async () => {
    const server = await startServer();
    try {
      const api = await manage(server, await server.app.tenancy.get('admin'));
      assert.equal((await api.get(settingPath)).body.isAvailable, false);
      assertRefused(await api.post(codesPath, { email: 'ana@example.com' }), 501, 'connector.not_found');
    } finally {
      await server.close();
    }
  });
});
