import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPersona } from '../../connectors/sandbox/index.ts';
import { openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { type Operator, operate } from '../support/operator.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Social identities linked by an operator', () => {
  let server: TestServer;
  let api: Manager;
  let operator: Operator;
  let wechat: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    operator = await operate(server);
    wechat = await operator.connectWechat();
  });
  after(async () => {
    await server.close();
  });

  afterEach(() => operator.deleteUsers());

  const addPerson = async () => (await api.post('/api/users', {})).body.id as string;
  const approve = async (persona: string) => ({
    code: await operator.approveAtWechat({ appId: operator.wechatApp.appId, persona, outcome: 'success' }),
    redirectUri: `${server.url}/callback/${wechat}`,
  });
  const link = (userId: string, connectorData: object, connectorId = wechat) =>
    api.post(`/api/users/${userId}/identities`, { connectorId, connectorData });

  // security: social-linking
  it('links the account that the provider returned, so that sign-in finds the user', async () => {
    const userId = await addPerson();
    const { status, body } = await link(userId, await approve('mei'));
    assert.equal(status, 200);
    const mei = findPersona('mei');
    assert.deepEqual(Object.keys(body), ['wechat']);
    assert.equal(body.wechat.userId, mei?.unionid);
    assert.deepEqual([body.wechat.details.id, body.wechat.details.name], [mei?.unionid, mei?.nickname]);
    const { identities, name } = (await api.get(`/api/users/${userId}`)).body;
    assert.deepEqual([identities, name], [body, null]);
    const found = await server.app.users.findByIdentity(server.tenant.db, 'wechat', mei?.unionid ?? '');
    assert.equal(found?.id, userId);
  });

  it('replaces the user’s previous account at the same provider', async () => {
    const userId = await addPerson();
    await api.put(`/api/users/${userId}/identities/wechat`, { userId: 'of-before' });
    const { body } = await link(userId, await approve('aino'));
    assert.equal(body.wechat.details.name, findPersona('aino')?.nickname);
  });

  // security: social-linking
  it('rejects an account of another user, and a second use of one provider response', async () => {
    const [first, second] = [await addPerson(), await addPerson()];
    const answer = await approve('rafael');
    assert.equal((await link(first, answer)).status, 200);
    assertRefused(await link(first, answer), 401, 'connector.social_auth_code_invalid');
    assertRefused(await link(second, await approve('rafael')), 422, 'user.identity_already_in_use');
    assert.deepEqual((await api.get(`/api/users/${second}`)).body.identities, {});
  });

  it('checks that the user exists and the connector is social before it calls the provider', async () => {
    const userId = await addPerson();
    const answer = await approve('rafael');
    assertRefused(await link('nobody', answer), 404, 'entity.not_found');
    assertRefused(await link(userId, answer, 'none'), 404, 'entity.not_found');
    const mailbox = await openMailbox();
    try {
      const draft = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
      const { id } = (await api.post('/api/connectors', draft)).body;
      assertRefused(await link(userId, answer, id), 422, 'session.invalid_connector_id');
    } finally {
      await mailbox.close();
    }
    assert.equal((await link(userId, answer)).status, 200);
    const { status, body } = await link(userId, {});
    assert.ok(status >= 400 && status < 500 && body.code.startsWith('connector.'));
  });
});
