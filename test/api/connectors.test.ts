import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const config = {
  appId: 'wx0123456789abcdef',
  appSecret: 'an app secret of nobody',
  universalLinks: 'https://app.test/wechat/',
};

describe('Connector factories', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('returns the form and guide of each connector factory in the language of the operator', async () => {
    const { body: native } = await api.get('/api/connector-factories/wechat-native');
    assert.deepEqual([native.type, native.target, native.platform], ['Social', 'wechat', 'Native']);
    assert.deepEqual(
      (native.formItems as { key: string }[]).map(({ key }) => key),
      ['appId', 'appSecret', 'universalLinks'],
    );
    assert.match(native.readme, /WeChat/);
    const chinese = await api.send('GET', '/api/connector-factories/wechat-native', {
      headers: { 'accept-language': 'zh-CN,zh;q=0.9' },
    });
    assert.match(chinese.body.readme, /微信/);
    assert.equal((await api.get('/api/connector-factories')).body.length >= 2, true);
    assertRefused(await api.get('/api/connector-factories/unknown'), 404, 'entity.not_exists_with_id');
  });
});

describe('Connectors', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const clear = async () => {
    for (const { id } of (await api.get('/api/connectors')).body) await api.delete(`/api/connectors/${id}`);
  };

  it('creates, reads, updates and deletes connectors', async () => {
    const created = await api.post('/api/connectors', {
      connectorId: 'wechat-native',
      id: 'abcdef123456',
      config,
      syncProfile: true,
    });
    assert.equal(created.status, 200);
    const { id, connectorId, target, platform, syncProfile, enableTokenStorage, metadata } = created.body;
    assert.deepEqual(
      { id, connectorId, target, platform, syncProfile, enableTokenStorage, metadata },
      {
        id: 'abcdef123456',
        connectorId: 'wechat-native',
        target: 'wechat',
        platform: 'Native',
        syncProfile: true,
        enableTokenStorage: false,
        metadata: {},
      },
    );
    assert.deepEqual(created.body.config, config);
    const changed = await api.patch(`/api/connectors/${id}`, {
      config: { ...config, appId: 'wx2' },
      syncProfile: false,
      metadata: {},
    });
    assert.deepEqual([changed.body.config.appId, changed.body.syncProfile], ['wx2', false]);
    const own = { metadata: { name: { en: 'Weixin' } } };
    for (const refused of [
      await api.patch(`/api/connectors/${id}`, own),
      await api.post('/api/connectors', { connectorId: 'wechat-web', config, ...own }),
    ])
      assertRefused(refused, 400, 'connector.cannot_overwrite_metadata_for_non_standard_connector');
    assert.deepEqual((await api.get(`/api/connectors/${id}`)).body, changed.body);
    assert.deepEqual((await api.get('/api/connectors?target=other')).body, []);
    assert.equal((await api.get('/api/connectors?target=wechat')).body.length, 1);
    assert.equal((await api.delete(`/api/connectors/${id}`)).status, 204);
    assertRefused(await api.get(`/api/connectors/${id}`), 404, 'entity.not_found');
    assertRefused(await api.delete(`/api/connectors/${id}`), 404, 'entity.not_found');
  });

  // security: leaked-secrets
  it('names the invalid fields of a configuration, and never repeats a secret', async () => {
    const reply = await api.post('/api/connectors', {
      connectorId: 'wechat-native',
      config: { appId: 5, appSecret: 'very secret indeed' },
    });
    assertRefused(reply, 400, 'connector.invalid_config');
    assert.match(JSON.stringify(reply.body.data), /appId/);
    assert.doesNotMatch(JSON.stringify(reply.body), /very secret/);
  });

  it('allows one connector of each kind, and lets two kinds of one provider share a target', async () => {
    await clear();
    assert.equal((await api.post('/api/connectors', { connectorId: 'wechat-native', config })).status, 200);
    assertRefused(
      await api.post('/api/connectors', { connectorId: 'wechat-native', config }),
      422,
      'connector.multiple_instances_not_supported',
    );
    assert.equal(
      (await api.post('/api/connectors', { connectorId: 'wechat-web', config: { appId: 'a', appSecret: 'b' } })).status,
      200,
    );
    assertRefused(
      await api.post('/api/connectors', { connectorId: 'unknown', config }),
      422,
      'connector.not_found_with_connector_id',
    );
    assert.deepEqual(
      ((await api.get('/api/connectors')).body as { target: string }[]).map(({ target }) => target),
      ['wechat', 'wechat'],
    );
  });

  it('creates only one of two concurrently added connectors of a kind', async () => {
    await clear();
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => api.post('/api/connectors', { connectorId: 'wechat-native', config })),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 422, 422, 422]);
  });

  it('keeps the target under which identities are stored', async () => {
    await clear();
    const wrong = { connectorId: 'wechat-native', config, metadata: { target: 'other' } };
    assertRefused(await api.post('/api/connectors', wrong), 400, 'connector.can_not_modify_target');
    const { body } = await api.post('/api/connectors', { connectorId: 'wechat-native', config });
    assertRefused(
      await api.patch(`/api/connectors/${body.id}`, { metadata: { target: 'other' } }),
      400,
      'connector.can_not_modify_target',
    );
    assertRefused(
      await api.patch(`/api/connectors/${body.id}`, { enableTokenStorage: true }),
      422,
      'connector.token_storage_not_supported',
    );
  });

  // security: database-theft
  it('stores connector configurations encrypted in the database', async () => {
    const rows = await server.tenant.db.raw('select * from connectors where tenant_id = $1', ['default']);
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(config.appSecret));
  });

  it('returns the URL where a user signs in at the provider', async () => {
    const [{ id }] = (await api.get('/api/connectors')).body;
    const request = { state: 'a state', redirectUri: 'https://app.test/callback' };
    const { body } = await api.post(`/api/connectors/${id}/authorization-uri`, request);
    assert.equal(
      body.redirectTo,
      'wechat://?app_id=wx0123456789abcdef&state=a+state&universal_link=https%3A%2F%2Fapp.test%2Fwechat%2F',
    );
    assertRefused(await api.post('/api/connectors/unknown/authorization-uri', request), 404, 'entity.not_found');
  });

  it('sends a test message only if the connector can send one', async () => {
    assertRefused(
      await api.post('/api/connectors/unknown/test', { email: 'a@b.test', config: {} }),
      404,
      'connector.not_found',
    );
    assertRefused(
      await api.post('/api/connectors/wechat-native/test', { email: 'a@b.test', config }),
      400,
      'connector.unexpected_type',
    );
    assertRefused(await api.post('/api/connectors/wechat-native/test', { config }), 400, 'guard.invalid_input');
  });
});

describe('WeChat sandbox', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const approve = (body: object, headers: Record<string, string> = { origin: new URL(server.url).origin }) =>
    api.send('POST', '/sandbox/wechat/approve', { body, headers });
  const approval = { appId: config.appId, persona: 'mei', outcome: 'success' };

  // security: sandbox
  it('returns 404 for the sandbox while it is switched off', async () => {
    assert.deepEqual((await api.get('/api/configs/sandbox')).body, { enabled: false });
    for (const path of ['/sandbox', '/sandbox/phone.js', '/sandbox/nothing'])
      assertRefused(await api.get(path), 404, 'sandbox.not_enabled');
    assertRefused(await approve(approval), 404, 'sandbox.not_enabled');
  });

  // security: file-paths, sandbox
  it('issues sandbox codes to its own page only', async () => {
    assert.deepEqual((await api.patch('/api/configs/sandbox', { enabled: true })).body, { enabled: true });
    const page = await api.get('/sandbox');
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.match((await api.get('/sandbox/phone.js')).headers.get('content-type') ?? '', /javascript/);
    assertRefused(await api.get('/sandbox/..%2Findex.ts'), 404, 'request.not_found');
    assertRefused(await approve(approval, {}), 403, 'request.cross_site');
    assertRefused(await approve(approval, { origin: 'https://evil.test' }), 403, 'request.cross_site');
    assert.equal(typeof (await approve(approval)).body.code, 'string');
    assertRefused(await approve({ ...approval, persona: 'nobody' }), 400, 'guard.invalid_input');
    assertRefused(await approve({ ...approval, outcome: 'nothing' }), 400, 'guard.invalid_input');
    assertRefused(await approve([]), 400, 'guard.invalid_input');
  });

  it('replaces WeChat for the connectors of its tenant, and deletes its codes when switched off', async () => {
    const { body: row } = await api.post('/api/connectors', { connectorId: 'wechat-native', config });
    const signIn = async (code: string) => {
      const connector = await server.app.connectors.instance(server.tenant, row.id);
      const session = { get: async () => ({}), set: async () => undefined };
      return connector?.getUserInfo({ code }, { session });
    };
    const { code } = (await approve(approval)).body;
    assert.equal((await signIn(code))?.name, '林小梅');
    await assert.rejects(signIn(code), { code: 'connector.social_auth_code_invalid' });
    const later = (await approve(approval)).body.code;
    await api.patch('/api/configs/sandbox', { enabled: false });
    await api.patch('/api/configs/sandbox', { enabled: true });
    await assert.rejects(signIn(later), { code: 'connector.social_auth_code_invalid' });
  });
});
