import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Applications', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (application: object = {}) =>
    (await api.post('/api/applications', { name: 'App', type: 'Traditional', ...application })).body;

  it('creates, reads, updates and deletes applications', async () => {
    const created = await create({
      description: 'Ours',
      oidcClientMetadata: { redirectUris: ['https://app.test/callback'], postLogoutRedirectUris: [] },
      customClientMetadata: { idTokenTtl: 600, alwaysIssueRefreshToken: true },
      customData: { a: 1 },
    });
    assert.match(created.id, /^[0-9a-z]{21}$/);
    assert.match(created.secret, /^[0-9A-Za-z]{32}$/);
    assert.deepEqual([created.tenantId, created.isThirdParty, created.protectedAppMetadata], ['default', false, null]);

    const path = `/api/applications/${created.id}`;
    const changed = await api.patch(path, {
      name: 'Renamed',
      oidcClientMetadata: { postLogoutRedirectUris: ['https://app.test/'] },
    });
    assert.equal(changed.body.name, 'Renamed');
    const listed = (await api.get('/api/applications')).body as { id: string }[];
    const shown = [changed.body, (await api.get(path)).body, listed.find(({ id }) => id === created.id)];
    for (const answer of shown) assert.ok(answer && !('secret' in answer));
    assert.deepEqual(changed.body.oidcClientMetadata, {
      redirectUris: ['https://app.test/callback'],
      postLogoutRedirectUris: ['https://app.test/'],
    });
    assert.deepEqual(changed.body.customClientMetadata, { idTokenTtl: 600, alwaysIssueRefreshToken: true });
    assert.deepEqual((await api.patch(`${path}/custom-data`, { b: 2 })).body, { a: 1, b: 2 });
    assert.equal((await api.delete(path)).status, 204);
    assertRefused(await api.get(path), 404, 'entity.not_exists_with_id');
  });

  it('sets the grace period of replaced refresh tokens from 0 to 60 seconds', async () => {
    const withGrace = (refreshTokenGracePeriod: unknown) => ({ customClientMetadata: { refreshTokenGracePeriod } });
    const path = `/api/applications/${(await create()).id}`;
    for (const seconds of [0, 60])
      assert.deepEqual((await api.patch(path, withGrace(seconds))).body.customClientMetadata, {
        refreshTokenGracePeriod: seconds,
      });
    for (const wrong of [-1, 61, 1.5, '3'])
      assertRefused(await api.patch(path, withGrace(wrong)), 400, 'guard.invalid_input');
  });

  it('removes an optional URL when it is set to null or an empty string', async () => {
    const uri = 'https://app.test/logout';
    for (const nothing of [null, '']) {
      const { id } = await create({ oidcClientMetadata: { backchannelLogoutUri: uri, logoUri: uri } });
      const path = `/api/applications/${id}`;
      const change = async (oidcClientMetadata: object) => (await api.patch(path, { oidcClientMetadata })).body;
      const kept = await change({ redirectUris: ['https://app.test/callback'] });
      assert.equal(kept.oidcClientMetadata.backchannelLogoutUri, uri, 'what is left out stays');
      await change({ backchannelLogoutUri: nothing, logoUri: nothing, backchannelLogoutSessionRequired: null });
      assert.deepEqual((await api.get(path)).body.oidcClientMetadata, {
        redirectUris: ['https://app.test/callback'],
        postLogoutRedirectUris: [],
      });
    }
    const { oidcClientMetadata } = await create({ oidcClientMetadata: { backchannelLogoutUri: '' } });
    assert.equal('backchannelLogoutUri' in oidcClientMetadata, false);
  });

  it('lists applications by type and by search term', async () => {
    await create({ name: 'Shop front', type: 'SPA' });
    await create({ name: 'Shop phone', type: 'Native', isThirdParty: true });
    const names = async (query: string) =>
      ((await api.get(`/api/applications?${query}`)).body as { name: string }[]).map(({ name }) => name).sort();
    assert.deepEqual(await names('types=SPA'), ['Shop front']);
    assert.deepEqual(await names('types=SPA&types=Native'), ['Shop front', 'Shop phone']);
    assert.deepEqual(await names('isThirdParty=true'), ['Shop phone']);
    assert.deepEqual(await names('search=%25shop%25&isThirdParty=false'), ['Shop front']);
    assertRefused(await api.get('/api/applications?types=Unknown'), 400, 'guard.invalid_input');
  });

  it('stores no secret for public applications', async () => {
    for (const type of ['SPA', 'Native']) {
      const application = await create({ type });
      assert.equal(application.secret, undefined);
      assertRefused(
        await api.post(`/api/applications/${application.id}/secrets`, { name: 'x' }),
        422,
        'application.invalid_type',
      );
    }
  });

  it('adds named secrets that work at once, expire, and stop working once deleted', async () => {
    const { id, secret } = await create({ type: 'MachineToMachine' });
    await api.patch(`/api/applications/${id}`, { isAdmin: true });
    const path = `/api/applications/${id}/secrets`;
    const works = async (value: string) => (await requestToken(server.url, { id, secret: value })).status === 200;
    const { body: listed } = await api.get(path);
    assert.deepEqual(
      (listed as { value: string }[]).map(({ value }) => value),
      [secret],
    );

    const second = await api.post(path, { name: 'second', expiresAt: Date.now() + 60_000 });
    assert.equal(second.status, 201);
    assertRefused(await api.post(path, { name: 'second' }), 422, 'application.secret_name_exists');
    assertRefused(await api.post(path, { name: 'late', expiresAt: Date.now() - 1 }), 400, 'request.invalid_input');
    assert.ok((await works(secret)) && (await works(second.body.value)));

    const renamed = await api.patch(`${path}/second`, { name: 'renamed secret' });
    assert.equal(renamed.body.value, second.body.value);
    assert.ok(await works(second.body.value));
    assert.equal((await api.delete(`${path}/renamed%20secret`)).status, 204);
    assert.ok(!(await works(second.body.value)));
    assert.ok(await works(secret));
    assertRefused(await api.delete(`${path}/renamed%20secret`), 404, 'application.secret_not_found');
    assertRefused(await api.delete(`/api/applications/${id}/legacy-secret`), 400, 'application.no_legacy_secret_found');

    await api.delete(`/api/applications/${id}`);
    assert.ok(!(await works(secret)), 'a deleted application gets no token');
  });

  // security: database-theft
  it('stores application secrets encrypted in the database', async () => {
    const { id, secret } = await create();
    const rows = await server.tenant.db.raw(
      'select * from application_secrets where tenant_id = $1 and application_id = $2',
      ['default', id],
    );
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(secret));
  });

  it('rejects unsupported application types and settings without effect', async () => {
    for (const [type, code] of [
      ['Protected', 'request.feature_not_supported'],
      ['SAML', 'application.use_saml_app_api'],
    ] as const) {
      assertRefused(await api.post('/api/applications', { name: 'x', type }), 422, code);
      const device = { customClientMetadata: { isDeviceFlow: true } };
      const draft = { name: 'x', type: 'Native' };
      assertRefused(await api.post('/api/applications', { ...draft, ...device }), 422, 'request.feature_not_supported');
      const tenant = { customClientMetadata: { tenantId: 'acme' } };
      assertRefused(await api.post('/api/applications', { ...draft, ...tenant }), 422, 'request.feature_not_supported');
      const none = { customClientMetadata: { isDeviceFlow: false } };
      const { body: native } = await api.post('/api/applications', { ...draft, ...none });
      assert.deepEqual(native.customClientMetadata, none.customClientMetadata);
      const path = `/api/applications/${native.id}`;
      assertRefused(await api.patch(path, device), 422, 'request.feature_not_supported');
    }
    assertRefused(
      await api.post('/api/applications', { name: 'x', type: 'MachineToMachine', isThirdParty: true }),
      400,
      'application.invalid_third_party_application_type',
    );
    const { id } = await create();
    assertRefused(await api.patch(`/api/applications/${id}`, { isAdmin: true }), 422, 'application.invalid_type');
  });

  it('returns built-in applications, and rejects changing or deleting them', async () => {
    const { body } = await api.get('/api/applications/demo-app');
    assert.deepEqual(body.oidcClientMetadata.redirectUris, [`${server.url}/demo-app`]);
    assertRefused(
      await api.patch('/api/applications/demo-app', { name: 'x' }),
      400,
      'application.cannot_delete_built_in',
    );
    assertRefused(await api.delete('/api/applications/demo-app'), 400, 'application.cannot_delete_built_in');
  });

  it('assigns machine-to-machine roles to machine-to-machine applications only', async () => {
    const { id } = await create({ type: 'MachineToMachine' });
    const { body: role } = await api.post('/api/roles', {
      name: 'Machine',
      description: 'm',
      type: 'MachineToMachine',
    });
    const { body: human } = await api.post('/api/roles', { name: 'Human', description: 'h' });
    const path = `/api/applications/${id}/roles`;
    const given = await api.post(path, { roleIds: [role.id] });
    assert.equal(given.status, 201);
    assert.deepEqual(given.body, { roleIds: [role.id], addedRoleIds: [role.id] });
    assert.deepEqual((await api.post(path, { roleIds: [role.id] })).body.addedRoleIds, []);
    assertRefused(await api.post(path, { roleIds: [human.id] }), 422, 'application.invalid_role_type');
    assert.deepEqual(
      ((await api.get(`/api/roles/${role.id}/applications`)).body as { id: string }[]).map((app) => app.id),
      [id],
    );
    assert.equal((await api.put(path, { roleIds: [] })).status, 200);
    assert.deepEqual((await api.get(path)).body, []);
    const web = await create();
    assertRefused(
      await api.post(`/api/applications/${web.id}/roles`, { roleIds: [role.id] }),
      422,
      'application.invalid_type',
    );
    assertRefused(
      await api.post(`/api/roles/${role.id}/applications`, { applicationIds: [web.id] }),
      422,
      'application.invalid_type',
    );
  });
});

// security: redirect-uris
describe('Registered URIs of an application', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const register = (type: string, uri: string, member = 'redirectUris') =>
    api.post('/api/applications', { name: 'x', type, oidcClientMetadata: { [member]: [uri] } });

  const accepted: [string, string][] = [
    ['Traditional', 'https://app.test/callback'],
    ['Traditional', 'http://localhost:5000/callback'],
    ['SPA', 'http://127.0.0.1/'],
    ['SPA', 'https://*.preview.app.test/callback'],
    ['SPA', 'https://pr-*.app.test/*'],
    ['Traditional', 'https://app.test/callback?tenant=1'],
    ['Native', 'io.logto.app://callback'],
    ['Native', 'io.logto.android://io.logto.sample/callback'],
    ['Native', 'myapp:/callback'],
    ['Native', 'https://app.test/callback'],
  ];
  for (const [type, uri] of accepted) {
    it(`accepts ${uri} for ${type}`, async () => assert.equal((await register(type, uri)).status, 200));
  }

  const refused: [string, string][] = [
    ['Native', 'javascript:alert(1)'],
    ['Native', 'JavaScript:alert(1)'],
    ['Native', 'data:text/html,x'],
    ['Native', 'file:///etc/passwd'],
    ['Native', 'vbscript:x'],
    ['SPA', 'io.logto.app://callback'],
    ['Traditional', '/callback'],
    ['Traditional', '//app.test/callback'],
    ['Traditional', 'https:app.test'],
    ['Traditional', 'https://user:secret@app.test/'],
    ['Traditional', 'https://app.test\\@evil.test/'],
    ['Traditional', 'https://app.test/#fragment'],
    ['Traditional', 'https://app.test/a b'],
    ['Traditional', 'https://app.test/\tx'],
    ['Traditional', 'https:///callback'],
    ['Traditional', ' https://app.test/'],
    ['SPA', 'https://*.test/'],
    ['SPA', 'https://*/'],
    ['SPA', 'https://app.*/'],
    ['SPA', 'https://a.*.test/'],
    ['SPA', 'https://**.preview.app.test/'],
    ['SPA', 'https://app.test:*/'],
    ['SPA', 'https://app.test/?next=*'],
    ['Native', 'my-*://callback'],
  ];
  for (const [type, uri] of refused) {
    it(`rejects ${JSON.stringify(uri)} for ${type}`, async () => {
      assertRefused(await register(type, uri), 400, 'guard.invalid_input');
      assertRefused(await register(type, uri, 'postLogoutRedirectUris'), 400, 'guard.invalid_input');
    });
  }

  it('rejects invalid URIs also when an application is updated', async () => {
    const { body } = await register('SPA', 'https://app.test/');
    const change = { oidcClientMetadata: { redirectUris: ['https://app.test/', 'javascript:alert(1)'] } };
    const refused = await api.patch(`/api/applications/${body.id}`, change);
    assertRefused(refused, 400, 'guard.invalid_input');
    const { issues } = refused.body.data as { issues: { path: string[] }[] };
    assert.deepEqual(
      issues.map(({ path }) => path),
      [['oidcClientMetadata', 'redirectUris', '1']],
    );
    assert.deepEqual((await api.get(`/api/applications/${body.id}`)).body.oidcClientMetadata.redirectUris, [
      'https://app.test/',
    ]);
  });

  it('accepts only exact origins for cross-origin requests', async () => {
    const create = (origin: string) =>
      api.post('/api/applications', { name: 'x', type: 'SPA', customClientMetadata: { corsAllowedOrigins: [origin] } });
    for (const origin of ['https://app.test', 'http://localhost:3000', 'capacitor://localhost'])
      assert.equal((await create(origin)).status, 200, origin);
    for (const origin of [
      '*',
      'https://*.app.test',
      'https://app.test/path',
      'https://app.test/',
      'app.test',
      'null',
      'javascript:x',
    ]) {
      assertRefused(await create(origin), 400, 'guard.invalid_input');
    }
  });
});
