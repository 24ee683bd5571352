import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createAgent, experienceClient } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import type { Json } from '../support/declared-bodies.ts';
import { type Manager, manage } from '../support/management.ts';
import { type Operator, operate } from '../support/operator.ts';
import { visit } from '../support/page-agent.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'tulips under stone';

describe('Audit log keys', () => {
  let server: TestServer;
  let api: Manager;
  let operator: Operator;
  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    operator = await operate(server);
    api = await manage(server);
  });
  after(() => server.close());

  /** The entries of a key, newest first, as `result` and payload. */
  /** Payloads of the entries with a key, newest first; what they hold differs from key to key. */
  const entries = async (key: string): Promise<Json[]> =>
    (await api.get(`/api/logs?page_size=100&logKey=${encodeURIComponent(key)}`)).body.map(({ payload }) => payload);

  it('distinguishes a registration and its steps from a sign-in', async () => {
    const client = experienceClient(server.url);
    await client.register('mary', password);
    await client.signIn('mary', password);
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    const experience = `${server.url}/api/experience`;
    await agent.json('PUT', experience, { interactionEvent: 'SignIn' });
    await agent.json('PUT', `${experience}/interaction-event`, { interactionEvent: 'Register' });
    for (const [key, count] of [
      ['Interaction.Register.Create', 1],
      ['Interaction.Register.Verification.NewPasswordIdentity.Submit', 1],
      ['Interaction.Register.Identifier.Submit', 1],
      ['Interaction.Register.Submit', 1],
      ['Interaction.Register.Update', 1],
      ['Interaction.SignIn.Create', 2],
      ['Interaction.SignIn.Verification.Password.Submit', 1],
      ['Interaction.SignIn.Submit', 1],
      ['Interaction.Create', 3],
      ['Interaction.End', 2],
    ] as const) {
      const found = await entries(key);
      assert.deepEqual([key, found.length], [key, count]);
      assert.ok(found.every((payload: { result: string }) => payload.result === 'Success'));
    }
  });

  it('logs redirects to providers, and the result of the return', async () => {
    const wechat = await operator.connectWechat();
    const sent = await (await visit(server)).post(`/sign-in/social/${wechat}`, {}, { accept: 'application/json' });
    assert.equal(sent.status, 200);
    const [created] = await entries('Interaction.SignIn.Verification.Social.Create');
    assert.deepEqual([created.result, created.params], ['Success', { connectorId: wechat }]);
    const person = await visit(server);
    const { redirectTo } = await (
      await person.post(`/sign-in/social/${wechat}`, {}, { accept: 'application/json' })
    ).json();
    const state = new URL(redirectTo).searchParams.get('state') ?? '';
    const { appId } = operator.wechatApp;
    const code = await operator.approveAtWechat({ appId, persona: 'mei', outcome: 'success' });
    await person.arrive(await person.get(`/callback/social/${wechat}?${new URLSearchParams({ code, state })}`));
    const [submitted] = await entries('Interaction.SignIn.Verification.Social.Submit');
    assert.deepEqual([submitted.result, submitted.params.connectorId], ['Success', wechat]);
    assert.ok(!JSON.stringify(submitted).includes(code));
  });

  it('logs every kind of token exchange, also an unknown one', async () => {
    const machine = (await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' })).body;
    const exchange = (grant: string) =>
      fetch(`${server.url}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: grant, client_id: machine.id, client_secret: machine.secret }),
      });
    for (const [grant, name] of [
      ['authorization_code', 'AuthorizationCode'],
      ['refresh_token', 'RefreshToken'],
      ['client_credentials', 'ClientCredentials'],
      ['urn:ietf:params:oauth:grant-type:token-exchange', 'TokenExchange'],
      ['urn:ietf:params:oauth:grant-type:device_code', 'DeviceCode'],
      ['password', 'Unknown'],
    ] as const) {
      const { status } = await exchange(grant);
      const [entry] = await entries(`ExchangeTokenBy.${name}`);
      assert.deepEqual([entry.result, entry.applicationId], [status === 200 ? 'Success' : 'Error', machine.id]);
    }
  });

  it('logs webhook calls with the request and the response, but not the users they concern', async (test) => {
    const receiver = await startReceiver();
    test.after(() => receiver.close());
    const { id } = (await api.post('/api/hooks', { events: ['Role.Created'], config: { url: receiver.url } })).body;
    const { body: role } = await api.post('/api/roles', { name: 'Heard', description: 'h' });
    await receiver.next();
    // The entry follows the answer of the receiver.
    let found = await entries('TriggerHook.Role.Created');
    while (found.length === 0) found = await entries('TriggerHook.Role.Created');
    const [{ hookId, attempt, hookRequest, response, result, ip }] = found;
    assert.deepEqual([hookId, attempt, result, ip], [id, 1, 'Success', undefined]);
    assert.deepEqual([hookRequest.body.data.id, response], [role.id, { statusCode: 200, body: 'thanks' }]);
  });

  it('documents every audit log key', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/operate/audit-log.md'), 'utf8');
    const patterns = [...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) => patternsOf(cell));
    const { body } = await api.get('/api/logs?page_size=100');
    const keys: string[] = [...new Set<string>(body.map(({ key }: { key: string }) => key))];
    assert.ok(keys.length > 10);
    const isKnown = (key: string) => patterns.some((pattern) => pattern.test(key));
    assert.deepEqual(
      keys.filter((key) => !isKnown(key) && !/\.DeviceCode$/.test(key)),
      [],
    );
    assert.ok(!isKnown('Interaction.SignIn.Verification.Telepathy.Submit'));
  });
});

/**
 * A cell's keys. `<a, b or c>` stands for one of them, `<event>` for anything. Keys that begin with a dot continue the
 * first key's beginning.
 */
function patternsOf(cell: string): RegExp[] {
  const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const first = names[0] ?? '';
  return names.map((name) => {
    const whole = name.startsWith('.') ? first.replace(/\.\w+$/, name) : name;
    const source = whole
      .replaceAll('.', '\\.')
      .replace(/<([^>]+)>/g, (_, choice: string) =>
        choice === 'event' ? '.+' : `(${choice.replaceAll(/, | or /g, '|')})`,
      );
    return new RegExp(`^${source}$`);
  });
}
