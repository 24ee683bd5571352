import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type HookEvent, organizationSchema, roleSchema, scopeSchema, userSchema } from '@aldaba/contract';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

const environment = { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' };
const events = ['User.Created', 'User.Deleted', 'User.Data.Updated', 'User.SuspensionStatus.Updated'];
const payloadOf = (request: Received) => JSON.parse(request.body);
const isOf = (event: string) => (request: Received) => payloadOf(request).event === event;

describe('Webhooks', () => {
  let server: TestServer;
  let api: Manager;
  let receiver: Receiver;
  before(async () => {
    server = await startServer({ environment });
    api = await manage(server);
  });
  after(() => server.close());
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(async () => {
    for (const { id } of (await api.get('/api/hooks')).body) await api.delete(`/api/hooks/${id}`);
    await receiver.close();
  });
  const listen = async (draft: object = {}) =>
    (await api.post('/api/hooks', { name: 'Mine', events, config: { url: receiver.url }, ...draft })).body;

  it('creates, lists, updates and deletes webhooks', async () => {
    const created = await api.post('/api/hooks', { name: 'Mine', events, config: { url: receiver.url, retries: 1 } });
    assert.equal(created.status, 201);
    const { id, signingKey } = created.body;
    assert.deepEqual([created.body.events, created.body.event, created.body.enabled], [events, null, true]);
    assert.match(signingKey, /^[0-9A-Za-z]{32}$/);
    const changed = await api.patch(`/api/hooks/${id}`, {
      enabled: false,
      config: { url: receiver.url, headers: { a: 'b' } },
    });
    assert.deepEqual(
      [changed.body.enabled, changed.body.config.headers, changed.body.signingKey],
      [false, { a: 'b' }, signingKey],
    );
    const renewed = await api.patch(`/api/hooks/${id}/signing-key`);
    assert.notEqual(renewed.body.signingKey, signingKey);
    const listed = await api.get('/api/hooks?includeExecutionStats=true&page=1');
    assert.equal(listed.headers.get('total-number'), '1');
    assert.deepEqual(listed.body[0].executionStats, { successCount: 0, requestCount: 0 });
    assert.equal((await api.delete(`/api/hooks/${id}`)).status, 204);
    for (const answer of [
      await api.get(`/api/hooks/${id}`),
      await api.patch(`/api/hooks/${id}`, { name: 'x' }),
      await api.delete(`/api/hooks/${id}`),
      await api.patch(`/api/hooks/${id}/signing-key`),
    ])
      assertRefused(answer, 404, 'entity.not_exists_with_id');
  });

  it('requires an event, a URL and valid headers for a webhook', async () => {
    const config = { url: receiver.url };
    assertRefused(await api.post('/api/hooks', { name: 'x', config }), 400, 'hook.missing_events');
    for (const wrong of [
      { events: [] },
      { events: ['User.Sneezed'] },
      { events, config: { url: 'ftp://x.test' } },
      { events, config: { url: 'mock://x.test' } },
      { events, config: { url: 'not an address' } },
      { events, config: { ...config, retries: 4 } },
      { events, config: { ...config, headers: { 'a b': 'c' } } },
      { events, config: { ...config, headers: { a: 'b\r\nc: d' } } },
    ])
      assertRefused(await api.post('/api/hooks', { config, ...wrong }), 400, 'guard.invalid_input');
  });

  // security: webhook-delivery
  it('stores the URL, the headers and the signing key encrypted in the database', async () => {
    const { signingKey } = await listen({
      config: { url: receiver.url, headers: { authorization: 'Bearer of news' } },
    });
    const [row] = await server.tenant.db.raw<{ whole: string }>('select hooks::text as whole from hooks', []);
    for (const secret of [signingKey, 'Bearer of news', receiver.url]) assert.ok(!row?.whole.includes(secret));
  });

  // security: webhook-delivery
  it('sends a signed event as soon as data changes, with the actor and the change', async () => {
    const hook = await listen({ config: { url: receiver.url, headers: { 'x-mine': 'yes' } } });
    const { body: user } = await api.send('POST', '/api/users', {
      body: { name: 'Ada' },
      headers: { 'user-agent': 'A test' },
    });
    const answered = Date.now();
    const request = await receiver.next();
    assert.equal(request.method, 'POST');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['user-agent'], 'Logto (https://logto.io/)');
    assert.equal(request.headers['x-mine'], 'yes');
    assert.equal(
      request.headers['logto-signature-sha-256'],
      createHmac('sha256', hook.signingKey).update(request.body).digest('hex'),
    );
    const { createdAt, ip, ...payload } = payloadOf(request);
    assert.ok(Math.abs(Date.parse(createdAt) - answered) < 5000);
    assert.match(ip, /127\.0\.0\.1|::1/);
    assert.deepEqual(payload, {
      hookId: hook.id,
      event: 'User.Created',
      userAgent: 'A test',
      path: '/users',
      method: 'POST',
      status: 200,
      params: {},
      matchedRoute: '/users',
      data: user,
    });
  });

  it('reports changes of users', async () => {
    await listen();
    const { body: user } = await api.post('/api/users', { name: 'Ada' });
    await api.patch(`/api/users/${user.id}/custom-data`, { customData: { a: 1 } });
    const updated = payloadOf(await receiver.next(isOf('User.Data.Updated')));
    assert.deepEqual(
      [updated.data.customData, updated.params, updated.matchedRoute],
      [{ a: 1 }, { userId: user.id }, '/users/:userId/custom-data'],
    );
    await api.patch(`/api/users/${user.id}/is-suspended`, { isSuspended: true });
    assert.equal(payloadOf(await receiver.next(isOf('User.SuspensionStatus.Updated'))).data.isSuspended, true);
    await api.delete(`/api/users/${user.id}`);
    const deleted = payloadOf(await receiver.next(isOf('User.Deleted')));
    assert.deepEqual([deleted.data, deleted.status, deleted.path], [null, 204, `/users/${user.id}`]);
  });

  it('reports changes of roles and permissions', async () => {
    await listen({
      events: [
        'Role.Created',
        'Role.Data.Updated',
        'Role.Scopes.Updated',
        'Role.Deleted',
        'Scope.Created',
        'Scope.Data.Updated',
        'Scope.Deleted',
      ],
    });
    const { body: resource } = await api.post('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    const { body: scope } = await api.post(`/api/resources/${resource.id}/scopes`, { name: 'read' });
    assert.equal(payloadOf(await receiver.next(isOf('Scope.Created'))).data.name, 'read');
    const { body: role } = await api.post('/api/roles', { name: 'Clerk', description: 'c', scopeIds: [scope.id] });
    assert.equal(payloadOf(await receiver.next(isOf('Role.Created'))).data.id, role.id);
    const scopes = payloadOf(await receiver.next(isOf('Role.Scopes.Updated')));
    assert.deepEqual([scopes.roleId, scopes.data[0].id], [role.id, scope.id]);
    await api.delete(`/api/roles/${role.id}/scopes/${scope.id}`);
    assert.deepEqual(payloadOf(await receiver.next(isOf('Role.Scopes.Updated'))).data, []);
    await api.patch(`/api/roles/${role.id}`, { name: 'Chief' });
    assert.equal(payloadOf(await receiver.next(isOf('Role.Data.Updated'))).data.name, 'Chief');
    await api.patch(`/api/resources/${resource.id}/scopes/${scope.id}`, { name: 'see' });
    assert.equal(payloadOf(await receiver.next(isOf('Scope.Data.Updated'))).data.name, 'see');
    await api.delete(`/api/resources/${resource.id}/scopes/${scope.id}`);
    await receiver.next(isOf('Scope.Deleted'));
    await api.delete(`/api/roles/${role.id}`);
    await receiver.next(isOf('Role.Deleted'));
  });

  it('reports changes of organizations, their members and their template', async () => {
    const organization = ['Created', 'Data.Updated', 'Membership.Updated', 'Deleted'].map(
      (name) => `Organization.${name}`,
    );
    const role = ['Created', 'Data.Updated', 'Scopes.Updated', 'Deleted'].map((name) => `OrganizationRole.${name}`);
    const scope = ['Created', 'Data.Updated', 'Deleted'].map((name) => `OrganizationScope.${name}`);
    await listen({ events: [...organization, ...role, ...scope] });
    const hear = async (event: string) => payloadOf(await receiver.next(isOf(event)));
    const created = (await api.post('/api/organizations', { name: 'Acme' })).body;
    assert.equal((await hear('Organization.Created')).data.id, created.id);
    await api.patch(`/api/organizations/${created.id}`, { name: 'Acme & sons' });
    assert.equal((await hear('Organization.Data.Updated')).data.name, 'Acme & sons');
    const [ada, eve] = [(await api.post('/api/users', {})).body.id, (await api.post('/api/users', {})).body.id];
    await api.post(`/api/organizations/${created.id}/users`, { userIds: [ada] });
    const joined = await hear('Organization.Membership.Updated');
    assert.deepEqual(
      [joined.organizationId, joined.addedUserIds, joined.removedUserIds],
      [created.id, [ada], undefined],
    );
    await api.put(`/api/organizations/${created.id}/users`, { userIds: [eve] });
    const replaced = await hear('Organization.Membership.Updated');
    assert.deepEqual([replaced.addedUserIds, replaced.removedUserIds], [[eve], [ada]]);

    const permission = (await api.post('/api/organization-scopes', { name: 'read' })).body;
    assert.equal((await hear('OrganizationScope.Created')).data.id, permission.id);
    const made = (await api.post('/api/organization-roles', { name: 'Member', organizationScopeIds: [permission.id] }))
      .body;
    assert.equal((await hear('OrganizationRole.Created')).data.id, made.id);
    assert.equal((await hear('OrganizationRole.Scopes.Updated')).data[0].name, 'read');
    await api.patch(`/api/organization-roles/${made.id}`, { name: 'Fellow' });
    assert.equal((await hear('OrganizationRole.Data.Updated')).data.name, 'Fellow');
    await api.patch(`/api/organization-scopes/${permission.id}`, { name: 'see' });
    assert.equal((await hear('OrganizationScope.Data.Updated')).data.name, 'see');
    for (const [path, event] of [
      [`organization-scopes/${permission.id}`, 'OrganizationScope.Deleted'],
      [`organization-roles/${made.id}`, 'OrganizationRole.Deleted'],
      [`organizations/${created.id}`, 'Organization.Deleted'],
    ] as const) {
      assert.equal((await api.delete(`/api/${path}`)).status, 204);
      assert.equal((await hear(event)).data, null);
    }
  });

  it('sends nothing for failed changes, other events, or a webhook that is switched off', async () => {
    const hook = await listen({ events: ['User.Created'] });
    await api.post('/api/users', { username: 'once' });
    await receiver.next();
    assertRefused(await api.post('/api/users', { username: 'once' }), 422, 'user.username_already_in_use');
    const { body: quiet } = await api.post('/api/roles', { name: 'Quiet', description: 'q' });
    assert.ok(quiet.id);
    await api.patch(`/api/hooks/${hook.id}`, { enabled: false });
    await api.post('/api/users', { username: 'unheard' });
    await api.patch(`/api/hooks/${hook.id}`, { enabled: true });
    await api.post('/api/users', { username: 'last' });
    assert.equal(payloadOf(await receiver.next()).data.username, 'last');
    assert.equal(receiver.requests.length, 2);
  });

  it('retries a webhook after an error as often as it is configured', async () => {
    receiver.answerWith(500);
    const hook = await listen({ config: { url: receiver.url, retries: 1 } });
    await api.post('/api/users', {});
    const [first, second] = [await receiver.next(), await receiver.next()];
    assert.equal(first.body, second.body);
    const logs = await api.get(`/api/hooks/${hook.id}/recent-logs?logKey=TriggerHook.User.Created`);
    assert.deepEqual(
      logs.body.map(({ payload }: Entry) => [payload.result, payload.response?.statusCode]),
      [
        ['Error', 500],
        ['Error', 500],
      ],
    );
    assert.deepEqual(await waitForJobs(0), 0);
    assert.equal(receiver.requests.length, 2);
    const { body } = await api.get(`/api/hooks/${hook.id}?includeExecutionStats=true`);
    assert.deepEqual(body.executionStats, { successCount: 0, requestCount: 2 });
  });

  it('logs webhook responses, as parsed values if they are JSON', async () => {
    const hook = await listen({ events: ['User.Created'] });
    for (const [text, value] of [
      ['{"seen":true}', { seen: true }],
      ['thanks', 'thanks'],
    ] as const) {
      receiver.answerWith(200, undefined, text);
      await api.post('/api/users', {});
      await receiver.next();
      await waitForJobs(0);
      const { body } = await api.get(`/api/hooks/${hook.id}/recent-logs`);
      assert.deepEqual(body[0].payload.response, { statusCode: 200, body: value });
    }
  });

  /** Waits until so many jobs are left. */
  const waitForJobs = async (count: number): Promise<number> => {
    for (;;) {
      const [row] = await server.tenant.db.raw<{ jobs: number }>('select count(*) as jobs from jobs', []);
      if (row?.jobs === count) return count;
    }
  };

  // security: outgoing-requests
  it('never calls internal addresses that are not allowed', async () => {
    const hook = await listen({ config: { url: 'http://127.0.0.2:9/', retries: 0 } });
    await api.post('/api/users', {});
    await waitForJobs(0);
    const { body } = await api.get(`/api/hooks/${hook.id}/recent-logs`);
    assert.equal(body.length, 1);
    assert.match(body[0].payload.error, /OUTBOUND_ALLOWED_HOSTS/);
  });

  // security: webhook-delivery
  it('does not follow redirects of webhook receivers', async () => {
    const elsewhere = await startReceiver();
    receiver.answerWith(307, elsewhere.url);
    await listen({ config: { url: receiver.url, retries: 0 } });
    await api.post('/api/users', {});
    await waitForJobs(0);
    await elsewhere.close();
    assert.deepEqual([receiver.requests.length, elsewhere.requests.length], [1, 0]);
  });

  it('tests webhooks with sample payloads that have the members of real ones', async () => {
    const hook = await listen();
    const made: HookEvent[] = ['User.Created', 'Role.Created', 'Scope.Created', 'Organization.Created'];
    await api.post(`/api/hooks/${hook.id}/test`, { events: made, config: { url: receiver.url } });
    const dataOf = async (event: HookEvent) => payloadOf(await receiver.next(isOf(event))).data;
    assert.ok(userSchema.safeParse(await dataOf('User.Created')).success);
    assert.ok(roleSchema.safeParse(await dataOf('Role.Created')).success);
    assert.ok(scopeSchema.safeParse(await dataOf('Scope.Created')).success);
    assert.ok(organizationSchema.safeParse(await dataOf('Organization.Created')).success);
  });

  it('tests a webhook with sample payloads on request', async () => {
    const hook = await listen();
    const path = `/api/hooks/${hook.id}/test`;
    const config = { url: receiver.url };
    assert.equal((await api.post(path, { events: ['PostSignIn', 'User.Deleted'], config })).status, 204);
    const request = await receiver.next(isOf('PostSignIn'));
    assert.equal(payloadOf(request).hookId, hook.id);
    assert.equal(
      request.headers['logto-signature-sha-256'],
      createHmac('sha256', hook.signingKey).update(request.body).digest('hex'),
    );
    receiver.answerWith(418);
    const refused = await api.post(path, { events: ['PostSignIn'], config });
    assertRefused(refused, 422, 'hook.endpoint_responded_with_error');
    assert.deepEqual(refused.body.data, { responseStatus: 418, responseBody: 'no' });
    assertRefused(
      await api.post(path, { events: ['PostSignIn'], config: { url: 'http://127.0.0.2:9/' } }),
      422,
      'hook.send_test_payload_failed',
    );
    assertRefused(await api.post('/api/hooks/none/test', { events, config }), 404, 'entity.not_exists_with_id');
  });
});

describe('Sign-in webhooks', () => {
  let server: TestServer;
  let api: Manager;
  let receiver: Receiver;
  before(async () => {
    server = await startServer({ environment });
    api = await manage(server);
    receiver = await startReceiver();
    await api.post('/api/hooks', {
      events: ['PostRegister', 'PostSignIn', 'User.Created', 'Identifier.Lockout', 'Grant.LimitExceeded'],
      config: { url: receiver.url },
    });
  });
  after(async () => {
    await server.close();
    await receiver.close();
  });
  const grace = { username: 'grace', password: 'tulips under stone' };

  it('reports the user who registered or signed in, the application and the IP address', async () => {
    const person = await visit(server, { first_screen: 'register' });
    await person.arrive(await person.post('/register', grace, { 'user-agent': 'A browser' }));
    const created = payloadOf(await receiver.next(isOf('User.Created')));
    const registered = payloadOf(await receiver.next(isOf('PostRegister')));
    assert.deepEqual(
      [registered.interactionEvent, registered.userAgent, registered.user.username, registered.userId],
      ['Register', 'A browser', 'grace', created.data.id],
    );
    assert.equal(registered.application.id, 'demo-app');
    assert.deepEqual(
      [created.interactionEvent, created.sessionId, created.matchedRoute],
      ['Register', registered.sessionId, undefined],
    );
    const again = await visit(server);
    await again.arrive(await again.post('/sign-in', grace));
    const signedIn = payloadOf(await receiver.next(isOf('PostSignIn')));
    assert.deepEqual([signedIn.interactionEvent, signedIn.userId], ['SignIn', created.data.id]);
    assert.match(signedIn.userIp, /127\.0\.0\.1|::1/);
    assert.ok(!JSON.stringify(signedIn).includes('argon2'));
  });

  it('reports that an application has reached its limit of concurrent sign-ins', async () => {
    const redirectUri = `${server.url}/demo-app`;
    const { body: application } = await api.post('/api/applications', {
      name: 'Strict',
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [] },
      customClientMetadata: { maxAllowedGrants: 1 },
    });
    for (let time = 0; time < 2; time += 1) {
      const person = await visit(server, { client_id: application.id, redirect_uri: redirectUri });
      await person.arrive(await person.post('/sign-in', { ...grace, app_id: application.id }));
    }
    const { data } = payloadOf(await receiver.next(isOf('Grant.LimitExceeded')));
    assert.deepEqual([data.applicationId, data.maxAllowedGrants], [application.id, 1]);
  });

  it('reports once that an identifier was locked', async () => {
    await api.patch('/api/sign-in-exp', { sentinelPolicy: { maxAttempts: 2 } });
    const person = await visit(server);
    for (let attempt = 0; attempt < 4; attempt += 1)
      await person.post('/sign-in', { username: 'eve', password: 'not hers' });
    const locked = payloadOf(await receiver.next(isOf('Identifier.Lockout')));
    assert.deepEqual(locked.data, { type: 'username', value: 'eve' });
    await api.post('/api/users', { username: 'after' });
    await receiver.next((request) => payloadOf(request).data?.username === 'after');
    assert.equal(receiver.requests.filter(isOf('Identifier.Lockout')).length, 1);
  });
});

describe('Unresponsive webhook receivers', () => {
  it('delays neither other webhooks nor the server’s stop because a receiver does not respond', async (test) => {
    const server = await startServer({ environment });
    const api = await manage(server);
    const [hanging, good] = [await startReceiver(), await startReceiver()];
    test.after(() => Promise.all([hanging.close(), good.close()]));
    hanging.hang();
    await api.post('/api/hooks', { events: ['User.Created'], config: { url: hanging.url } });
    for (let count = 0; count < 30; count += 1) await api.post('/api/users', {});
    await hanging.next();
    await api.post('/api/hooks', { events: ['Role.Created'], config: { url: good.url } });
    await api.post('/api/roles', { name: 'Heard', description: 'h' });
    await good.next();
    await server.close();
    // One receiver may hold a limited number of deliveries: no other delivery waited for its time limit.
    assert.ok(hanging.requests.length <= 5, `${hanging.requests.length} requests`);
  });
});

describe('Webhook backlog', () => {
  it('sends every event once if more events occur than can be sent concurrently', async (test) => {
    const server = await startServer({ environment });
    const receiver = await startReceiver();
    test.after(async () => {
      await server.close();
      await receiver.close();
    });
    const api = await manage(server);
    for (let count = 0; count < 2; count += 1)
      await api.post('/api/hooks', { events: ['User.Created'], config: { url: receiver.url } });
    const made = await Promise.all(Array.from({ length: 60 }, () => api.post('/api/users', {})));
    for (let count = 0; count < 120; count += 1) await receiver.next();
    const told = receiver.requests.map(payloadOf).map(({ hookId, data }) => `${hookId} ${data.id}`);
    assert.equal(new Set(told).size, 120);
    assert.deepEqual(
      new Set(receiver.requests.map((request) => payloadOf(request).data.id)),
      new Set(made.map(({ body }) => body.id)),
    );
    await server.restart();
    const [left] = await server.tenant.db.raw<{ jobs: number }>('select count(*) as jobs from jobs', []);
    assert.deepEqual([left?.jobs, receiver.requests.length], [0, 120]);
  });

  it('leaves the remaining events to the next server as soon as the first one stops', {
    timeout: 60_000,
  }, async (test) => {
    // Time stands still: what the first server had taken would stay hidden for ever.
    const now = Date.now();
    const server = await startServer({ environment, world: { clock: { now: () => now } } });
    test.after(() => server.close());
    const api = await manage(server);
    const receiver = await startReceiver();
    test.after(() => receiver.close());
    receiver.hang();
    await api.post('/api/hooks', { events: ['User.Created'], config: { url: receiver.url } });
    const made = await Promise.all(Array.from({ length: 30 }, () => api.post('/api/users', {})));
    await receiver.next();
    const restarted = server.restart();
    const unanswered = receiver.requests.length;
    receiver.answerWith(200);
    await restarted;
    while (receiver.requests.length < unanswered + made.length) await receiver.next();
    const answered = receiver.requests.slice(unanswered).map((request) => payloadOf(request).data.id);
    assert.deepEqual(new Set(answered), new Set(made.map(({ body }) => body.id)));
  });
});

describe('Unavailable webhook receivers', () => {
  it('delivers every event when the receiver returns after an hour and a restart of the server', async (test) => {
    let ahead = 0;
    const server = await startServer({ environment, world: { clock: { now: () => Date.now() + ahead } } });
    test.after(() => server.close());
    const api = await manage(server);
    const first = await startReceiver();
    const port = Number(new URL(first.url).port);
    await first.close();
    const { body: hook } = await api.post('/api/hooks', { events, config: { url: first.url, retries: 0 } });
    const names = Array.from({ length: 30 }, (_, index) => `person_${index}`);
    for (const username of names) await api.post('/api/users', { username });
    await server.restart();
    ahead = 3_600_000;
    const back = await startReceiver(port);
    test.after(() => back.close());
    // The new server looks for what is due when it starts, and whenever something happens.
    await (await manage(server)).post('/api/users', { username: 'wakes_it' });
    const heard = new Set<string>();
    while (heard.size < names.length + 1) heard.add(payloadOf(await back.next()).data.username);
    for (const name of names) assert.ok(heard.has(name), name);
    const { body } = await (await manage(server)).get(`/api/hooks/${hook.id}/recent-logs?enableCap=true&page_size=100`);
    assert.ok(body.some(({ payload }: Entry) => payload.result === 'Error'));
    assert.ok(body.some(({ payload }: Entry) => payload.result === 'Success'));
  });
});

interface Entry {
  payload: { result: string; response?: { statusCode: number } };
}
