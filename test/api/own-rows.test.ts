import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, type RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { editableFields } from '../support/account-visitor.ts';
import { consoleTokens, createAdministrator, administratorPassword as password } from '../support/administrator.ts';
import { experienceClient } from '../support/agent.ts';
import { type CreationOptions, createAuthenticator } from '../support/authenticator.ts';
import { type Manager, manage, managerWith, type Reply } from '../support/management.ts';
import { type OAuthProvider, startOAuthProvider } from '../support/oauth-provider.ts';
import { operate } from '../support/operator.ts';
import { bodiesOf, pathNaming, rowsNaming } from '../support/own-rows.ts';
import { pngOf } from '../support/picture.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import type { TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';

/** Random requests per route. */
const runs = 8;
const guess = '12345678';
const another = 'a long enough passphrase 9';
const scope = [
  'openid profile email phone address identities custom_data offline_access',
  'urn:logto:scope:sessions urn:logto:scope:trusted_devices',
].join(' ');

// security: own-account
describe('Requests for the own account', () => {
  let post: PostServer;
  let provider: OAuthProvider;
  let server: TestServer;
  before(async () => {
    provider = await startOAuthProvider();
    post = await startPostServer({ OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' });
    ({ server } = post);
  });
  after(async () => {
    await post?.close();
    await provider?.close();
  });

  interface Attack {
    tenant: Tenant;
    routes: readonly RouteContract[];
    /** IDs, names and addresses of the victim, and of what the victim has. */
    names: readonly string[];
    /** In each of these tables the victim has a row. */
    tables: readonly string[];
    /** Sends one request as the attacker, who has given a proof of the own account. */
    send: (route: RouteContract, path: string, body: unknown) => Promise<Reply>;
    victimId: string;
    attackerId: string;
  }
  /** Sends random requests that name the victim, and compares all rows that name the victim. */
  const assertHarmless = async ({ tenant, routes, names, tables, send, victimId, attackerId }: Attack) => {
    const rows = () => rowsNaming(server, tenant, { userId: victimId, otherId: attackerId });
    const before = await rows();
    for (const table of tables) assert.ok(before[table], `the victim has nothing in ${table}`);
    const reached = new Map(routes.map(({ operationId }) => [operationId, 0]));
    const attack = async (route: RouteContract, name: string, body: unknown) => {
      const { status, body: answer } = await send(route, pathNaming(route, name), body);
      assert.ok(status < 500 || status === 501, `${route.operationId} ${status} ${JSON.stringify(answer)}`);
      if (answer?.code !== 'guard.invalid_input' && status !== 429)
        reached.set(route.operationId, (reached.get(route.operationId) ?? 0) + 1);
    };
    for (const route of routes) {
      // Each name everywhere, and mixtures of them.
      for (const name of names) await attack(route, name, fc.sample(bodiesOf(route, [name]), 1)[0]);
      const request = fc.tuple(fc.constantFrom(...names), bodiesOf(route, [...names, guess, another]));
      for (const [name, body] of fc.sample(request, runs)) await attack(route, name, body);
      assert.deepEqual(await rows(), before, `${route.operationId} changed a row of the victim`);
    }
    return [...reached].filter(([, count]) => count === 0).map(([operationId]) => operationId);
  };

  /** A tenant whose users may change everything, and what users do there. */
  const openAccounts = async () => {
    await post.post.addEmail(post.operator);
    await post.post.addPhone(post.operator);
    const api = await manage(server);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    await api.patch('/api/sign-in-exp', { mfa: { policy: 'NoPrompt', factors: ['Totp', 'WebAuthn', 'BackupCode'] } });
    const metadata = { target: 'acme', name: { en: 'Acme' } };
    const draft = { connectorId: 'oauth2', config: provider.config, metadata, enableTokenStorage: true };
    const { body: connector } = await api.post('/api/connectors', draft);
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: ['acme'] });
    const create = async (username: string, more = {}) => {
      const { body } = await api.post('/api/users', { username, password, ...more });
      const client = experienceClient(server.url, { scope });
      const tokens = await client.redeem(await client.signIn(username, password));
      return { id: body.id as string, tokens, api: managerWith(server.url, tokens.access_token) };
    };
    const prove = async (mine: Manager, given = password): Promise<string> => {
      const { status, body } = await mine.post('/api/verifications/password', { password: given });
      assert.equal(status, 201, JSON.stringify(body));
      return body.verificationRecordId;
    };
    const verified = async (mine: Manager, account: string): Promise<string> => {
      const start = { connectorId: connector.id, state: 's', redirectUri: 'https://account.example.com/callback' };
      const { verificationRecordId } = (await mine.post('/api/verifications/social', start)).body;
      const connectorData = provider.agree(account);
      await mine.post('/api/verifications/social/verify', { verificationRecordId, connectorData });
      return verificationRecordId;
    };
    return { api, connectorId: connector.id as string, create, prove, verified };
  };
  type Accounts = Awaited<ReturnType<typeof openAccounts>>;
  type User = Awaited<ReturnType<Accounts['create']>>;

  /** Gives the user one of everything; returns the names of it. */
  const furnish = async ({ api, connectorId, prove, verified }: Accounts, victim: User): Promise<string[]> => {
    const record = await prove(victim.api);
    const proved = managerWith(server.url, victim.tokens.access_token, { 'logto-verification-id': record });
    const newIdentifierVerificationRecordId = await verified(victim.api, 'victim-at-acme');
    const linked = await proved.post('/api/my-account/identities', { newIdentifierVerificationRecordId });
    assert.equal(linked.status, 204, JSON.stringify(linked.body));
    const { verificationRecordId, registrationOptions } = (
      await victim.api.post('/api/verifications/web-authn/registration', {})
    ).body;
    const payload = createAuthenticator({ origin: server.url }).create(registrationOptions as CreationOptions);
    await victim.api.post('/api/verifications/web-authn/registration/verify', { verificationRecordId, payload });
    const passkey = { type: 'WebAuthn', newIdentifierVerificationRecordId: verificationRecordId };
    assert.equal((await proved.post('/api/my-account/mfa-verifications', passkey)).status, 204);
    for (const type of ['Totp', 'BackupCode']) await api.post(`/api/users/${victim.id}/mfa-verifications`, { type });
    await server.tenant.db.raw(
      `insert into trusted_devices (tenant_id, id, user_id, secret_hash, user_agent, created_at, last_used_at, expires_at)
       values ('default', 'device-1', $1, 'hash', 'A browser', now(), now(), now() + interval '30 days')`,
      [victim.id],
    );
    const pending = await verified(victim.api, 'victim-at-acme');
    const { body: sessions } = await proved.get('/api/my-account/sessions');
    const { body: grants } = await proved.get('/api/my-account/grants');
    const { body: factors } = await victim.api.get('/api/my-account/mfa-verifications');
    return [
      ...[victim.id, 'victim_name', 'victim@example.com', '34600000001', 'victim-at-acme', 'acme', connectorId],
      ...[record, pending, sessions.sessions[0].payload.uid, grants.grants[0].id, 'device-1'],
      ...factors.map(({ id }: { id: string }) => id),
    ];
  };

  it('of the Account API never change a row of another user, whatever they name', async () => {
    const accounts = await openAccounts();
    const { create, prove, verified } = accounts;
    const own = { primaryEmail: 'victim@example.com', primaryPhone: '34600000001', customData: { keeps: 'this' } };
    const victim = await create('victim_name', own);
    const names = await furnish(accounts, victim);
    const record = await prove(victim.api);
    names.push(record);
    const attacker = await create('attacker');
    let current = password;
    let proof = await prove(attacker.api);
    // The provider vouches for the attacker, who has the password of the victim there.
    names.push(await verified(attacker.api, 'victim-at-acme'));
    const routes = allRoutes.filter(({ access }) => access === 'account');
    assert.equal(routes.length, 40);
    const unreached = await assertHarmless({
      ...{ tenant: server.tenant, routes, names, victimId: victim.id, attackerId: attacker.id },
      tables: [
        ...['users', 'user_identities', 'secrets', 'mfa_verifications', 'verification_records', 'trusted_devices'],
        ...['sessions', 'grants', 'access_tokens', 'refresh_tokens'],
      ],
      send: async (route, path, body) => {
        // The proof of the victim is tried as well, where no row is named.
        const header = path === route.path && fc.sample(fc.integer({ max: 2, min: 0 }), 1)[0] === 0 ? record : proof;
        const caller = managerWith(server.url, attacker.tokens.access_token, { 'logto-verification-id': header });
        if (route.upload !== undefined) return uploadFile(caller, path, { bytes: pngOf({}), type: 'image/png' });
        const reply = await caller.send(route.method, path, body === undefined ? {} : { body });
        if (route.operationId === 'UpdatePassword' && reply.status < 300) {
          current = (body as { password: string }).password;
          proof = await prove(attacker.api, current);
        }
        return reply;
      },
    });
    assert.deepEqual(unreached, []);
  });

  it('of /me never change a row of another administrator, whatever they name', async () => {
    const tenant = await server.app.tenancy.get('admin');
    const operator = await operate(server, tenant);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await post.post.addEmail(operator);
    const connectorId = await operator.connectWechat();
    const admin = await manage(server, tenant);
    const create = async (name: string, email: string) => {
      const agent = await createAdministrator(server, name);
      const { access_token: token } = await consoleTokens(server, agent, 'admin', 'https://admin.logto.app/me');
      const me = managerWith(tenant.baseUrl, token);
      const { id } = (await me.get('/me')).body as { id: string };
      await admin.patch(`/api/users/${id}`, { primaryEmail: email });
      return { id, me };
    };
    const approve = async (persona: string) => ({
      code: await operator.approveAtWechat({ appId: operator.wechatApp.appId, persona, outcome: 'success' }),
    });
    const redirectUri = 'https://console.example.com/callback';
    const prove = async (me: Manager, given = password) => {
      const { status, body } = await me.post('/me/password/verify', { password: given });
      assert.equal(status, 200, JSON.stringify(body));
    };
    const victim = await create('victim_name', 'victim@example.com');
    await prove(victim.me);
    await victim.me.post('/me/social/authorization-uri', { connectorId, state: 's', redirectUri });
    const linked = await victim.me.post('/me/social/link-identity', {
      connectorId,
      connectorData: await approve('mei'),
    });
    assert.equal(linked.status, 200, JSON.stringify(linked.body));
    const identity = linked.body.identities.wechat.userId;
    await victim.me.patch('/me/custom-data', { keeps: 'this' });
    await prove(victim.me);

    const attacker = await create('attacker', 'attacker@example.com');
    let current = password;
    const routes = allRoutes.filter(({ access }) => access === 'me');
    assert.equal(routes.length, 14);
    const unreached = await assertHarmless({
      ...{ tenant, routes, victimId: victim.id, attackerId: attacker.id },
      names: [victim.id, 'victim_name', 'victim@example.com', identity, connectorId],
      tables: ['users', 'user_identities', 'verification_records', 'sessions', 'grants'],
      send: async (route, path, body) => {
        if (route.upload !== undefined) return uploadFile(attacker.me, path, { bytes: pngOf({}), type: 'image/png' });
        if (route.method !== 'GET' && !path.endsWith('/verify')) await prove(attacker.me, current);
        if (route.operationId === 'LinkMySocial') {
          await attacker.me.post('/me/social/authorization-uri', { connectorId, state: 's', redirectUri });
          const connectorData = await approve('mei');
          return attacker.me.send(route.method, path, { body: { connectorId, connectorData } });
        }
        const reply = await attacker.me.send(route.method, path, body === undefined ? {} : { body });
        if (path === '/me/password' && reply.status < 300) current = (body as { password: string }).password;
        return reply;
      },
    });
    assert.deepEqual(unreached, []);
  });
});
