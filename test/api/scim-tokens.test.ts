import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { assertScimError, organizationWith, person, scimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;

describe('SCIM tokens', () => {
  let server: TestServer;
  let api: Manager;
  let organizationId: string;
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    organizationId = await organizationWith(server, api, 'Acme', 'acme.example');
  });
  after(() => server.close());

  /** The tokens of operators last an hour. */
  const advance = async (time: number) => {
    clock.ahead += time;
    api = await manage(server);
  };
  const statusOf = async (value: string) => (await scimClient(server.tenant.baseUrl, value).get('/Users')).status;
  const paths = () => ['/api/scim/tokens', `/api/organizations/${organizationId}/scim/tokens`];

  // security: directory-tokens
  it('shows a value once, stores its hash, and ends it with the token', async () => {
    for (const path of paths()) {
      const { status, body } = await api.send('POST', path, { body: { name: 'Entra' } });
      assert.equal(status, 201, JSON.stringify(body));
      const { value, ...token } = body;
      assert.match(value, /^scim_[0-9A-Za-z]{32}$/);
      assert.equal(await statusOf(value), 200);
      const { body: listed } = await api.send('GET', path);
      assert.deepEqual(listed, [{ ...token, lastUsedAt: listed[0].lastUsedAt }]);
      assert.equal(typeof listed[0].lastUsedAt, 'number');
      const rows = await server.tenant.db.raw('select * from scim_tokens');
      assert.ok(!JSON.stringify(rows).includes(value));
      for (const part of [value.slice(0, -1), `${value}x`, value.toLowerCase(), value.replace('scim_', 'pat_')])
        if (part !== value) assert.equal(await statusOf(part), 401, part);
      assertRefused(
        await api.send('POST', path, { body: { name: 'Entra' } }),
        422,
        'entity.unique_integrity_violation',
      );
      assert.equal((await api.send('DELETE', `${path}/${token.id}`)).status, 204);
      assert.equal(await statusOf(value), 401);
      assertRefused(await api.send('DELETE', `${path}/${token.id}`), 404, 'entity.not_found');
    }
  });

  // security: directory-tokens
  it('keeps the previous value for the overlap of a rotation, and no longer', async () => {
    for (const path of paths()) {
      const { body: first } = await api.send('POST', path, { body: { name: 'Rotated' } });
      const rotate = async (overlap?: number) =>
        (await api.send('POST', `${path}/${first.id}/rotate`, { body: overlap === undefined ? {} : { overlap } })).body;
      const second = await rotate(3600);
      assert.notEqual(second.value, first.value);
      assert.deepEqual([await statusOf(first.value), await statusOf(second.value)], [200, 200]);
      await advance(3_601_000);
      assert.deepEqual([await statusOf(first.value), await statusOf(second.value)], [401, 200]);
      const third = await rotate(3600);
      const fourth = await rotate(0);
      assert.deepEqual(
        [await statusOf(second.value), await statusOf(third.value), await statusOf(fourth.value)],
        [401, 401, 200],
      );
      assertRefused(await api.send('POST', `${path}/unknown/rotate`, { body: {} }), 404, 'entity.not_found');
    }
  });

  // security: directory-tokens
  it('expires when it says so', async () => {
    for (const path of paths()) {
      const expiresAt = Date.now() + clock.ahead + day;
      const { body } = await api.send('POST', path, { body: { name: 'Brief', expiresAt } });
      assert.equal(body.expiresAt, expiresAt);
      assert.equal(await statusOf(body.value), 200);
      assertRefused(
        await api.send('POST', path, { body: { name: 'Past', expiresAt: 1 } }),
        400,
        'request.invalid_input',
      );
      await advance(day);
      assert.equal(await statusOf(body.value), 401);
      const patched = await api.send('PATCH', `${path}/${body.id}`, { body: { name: 'Longer', expiresAt: null } });
      assert.deepEqual([patched.body.name, patched.body.expiresAt, patched.body.value], ['Longer', null, undefined]);
      assert.equal(await statusOf(body.value), 200);
    }
  });

  // security: directory-tokens
  it('are 20 in a directory at most, also when several are created at the same time', async () => {
    const full = await organizationWith(server, api, 'Full');
    const other = await organizationWith(server, api, 'Beside');
    const path = `/api/organizations/${full}/scim/tokens`;
    const create = (name: string, at = path) => api.send('POST', at, { body: { name } });
    const replies = await Promise.all(Array.from({ length: 24 }, (_, index) => create(`Token ${index}`)));
    const refused = replies.filter(({ status }) => status !== 201);
    assert.equal(refused.length, 4);
    for (const reply of refused) {
      assertRefused(reply, 422, 'scim_token.too_many');
      assert.deepEqual(reply.body.data, { maximum: 20 });
    }
    // Of each directory: the tenant's and another organization's have their own.
    for (const at of ['/api/scim/tokens', `/api/organizations/${other}/scim/tokens`])
      assert.equal((await create('Room', at)).status, 201);
    const { body: tokens } = await api.send('GET', path);
    assert.equal((await api.send('POST', `${path}/${tokens[0].id}/rotate`, { body: {} })).status, 200);
    assert.equal((await api.send('DELETE', `${path}/${tokens[0].id}`)).status, 204);
    assert.equal((await create('Next')).status, 201);
  });

  it('show when they were last used, which a refused request is not', async () => {
    const path = paths()[1] as string;
    const { body } = await api.send('POST', path, {
      body: { name: 'Used', expiresAt: Date.now() + clock.ahead + day },
    });
    const lastUse = async () =>
      (await api.send('GET', path)).body.find(({ id }: { id: string }) => id === body.id).lastUsedAt;
    assert.equal(await lastUse(), null);
    const [before] = [Date.now() + clock.ahead];
    assert.equal(await statusOf(body.value), 200);
    const first = await lastUse();
    assert.ok(first >= before && first <= Date.now() + clock.ahead);
    await advance(61_000);
    const { body: rotated } = await api.send('POST', `${path}/${body.id}/rotate`, { body: { overlap: 3600 } });
    assert.equal(await statusOf(body.value), 200);
    assert.ok((await lastUse()) >= first + 61_000, 'by the previous value too');
    const last = await lastUse();
    await advance(day);
    assert.deepEqual([await statusOf(body.value), await statusOf(rotated.value)], [401, 401]);
    assert.equal(await lastUse(), last);
  });

  // security: directory-tokens, tenant-isolation
  it('works in its own tenant and directory only', async () => {
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const { body } = await api.send('POST', '/api/scim/tokens', { body: { name: 'Default' } });
    assert.equal((await scimClient(acme.baseUrl, body.value).get('/Users')).status, 401);
    const other = await organizationWith(server, api, 'Other');
    const path = `/api/organizations/${other}/scim/tokens`;
    const { body: theirs } = await api.send('POST', path, { body: { name: 'Theirs' } });
    for (const wrong of paths()) {
      assertRefused(await api.send('DELETE', `${wrong}/${theirs.id}`), 404, 'entity.not_found');
      assertRefused(await api.send('POST', `${wrong}/${theirs.id}/rotate`, { body: {} }), 404, 'entity.not_found');
      assertRefused(await api.send('PATCH', `${wrong}/${theirs.id}`, { body: { name: 'x' } }), 404, 'entity.not_found');
    }
    assertScimError(
      await scimClient(server.tenant.baseUrl, theirs.value).post('/Users', person('a@acme.example')),
      400,
      'invalidValue',
    );
    await api.delete(`/api/organizations/${other}`);
    assert.equal(await statusOf(theirs.value), 401);
  });

  // security: directory-tokens
  it('opens the directory of the tenant only to callers who may change users and roles', async () => {
    const client = await server.tenant.db.transaction(async (tx) => {
      const created = await server.app.applications.create(tx, { name: 'Half', type: 'MachineToMachine' });
      return { id: created.id, secret: created.secret ?? '' };
    });
    const resources = (await api.get('/api/resources?includeScopes=true')).body as {
      indicator: string;
      scopes: { id: string; name: string }[];
    }[];
    const scopes = resources.find(({ indicator }) => indicator === server.tenant.managementIndicator)?.scopes ?? [];
    const give = async (...names: string[]) => {
      const scopeIds = scopes.filter(({ name }) => names.includes(name)).map(({ id }) => id);
      assert.equal(scopeIds.length, names.length, 'the permissions exist');
      const role = await api.send('POST', '/api/roles', {
        body: { name: names.join(' '), description: '-', type: 'MachineToMachine', scopeIds },
      });
      assert.equal(
        (await api.send('POST', `/api/applications/${client.id}/roles`, { body: { roleIds: [role.body.id] } })).status,
        201,
      );
      const scope = 'read:scim write:scim write:users write:roles';
      const { body } = await requestToken(server.tenant.baseUrl, client, server.tenant.managementIndicator, scope);
      return managerWith(server.tenant.baseUrl, body.access_token);
    };
    const half = await give('read:scim', 'write:scim', 'write:users');
    assert.equal((await half.send('GET', '/api/scim/tokens')).status, 200);
    assertRefused(await half.send('POST', '/api/scim/tokens', { body: { name: 'Half' } }), 403, 'auth.forbidden');
    const whole = await give('write:roles');
    assert.equal((await whole.send('POST', '/api/scim/tokens', { body: { name: 'Whole' } })).status, 201);
  });

  it('records in the audit log who made a token and what a directory did with it', async () => {
    const path = paths()[1] as string;
    const { body } = await api.send('POST', path, { body: { name: 'Recorded' } });
    const scim = scimClient(server.tenant.baseUrl, body.value);
    const created = await scim.post('/Users', person('recorded@acme.example'));
    await scim.post('/Users', person('refused@elsewhere.example'));
    await scim.delete(`/Users/${created.body.id}`);
    const entries = async (key: string) => (await api.send('GET', `/api/logs?logKey=${key}&page_size=100`)).body;
    const [made] = await entries('Scim.Token.Create');
    assert.equal(made.payload.params.scimTokenName, 'Recorded');
    assert.equal(typeof made.payload.params.actorId, 'string');
    assert.ok(!JSON.stringify(made).includes(body.value));
    const creations = await entries('Scim.User.Create');
    const of = (result: string) =>
      creations.find((entry: { payload: { result: string } }) => entry.payload.result === result);
    assert.equal(of('Success').payload.userId, created.body.id);
    assert.equal(of('Success').payload.params.scimTokenName, 'Recorded');
    assert.match(JSON.stringify(of('Error').payload.error), /elsewhere\.example is not verified/);
    assert.equal((await entries('Scim.User.Delete'))[0].payload.userId, created.body.id);
  });
});
