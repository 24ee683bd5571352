import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes } from '@aldaba/contract';
import type { Keys } from '../../server/src/oidc/keys.ts';
import type { Tenant } from '../../server/src/tenancy/service.ts';
import { consoleTokens, createAdministrator, administratorPassword as password } from '../support/administrator.ts';
import { type Agent, createAgent, experienceClient } from '../support/agent.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { type Operator, operate } from '../support/operator.ts';
import { pngOf } from '../support/picture.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import type { TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';

const resource = 'https://admin.logto.app/me';
const denied = 'verification_record.permission_denied';

describe('The own account of administrators', () => {
  let post: PostServer;
  let server: TestServer;
  let tenant: Tenant;
  let operator: Operator;
  /** The Management API of the admin tenant. */
  let admin: Manager;
  before(async () => {
    post = await startPostServer();
    ({ server } = post);
    tenant = await server.app.tenancy.get('admin');
    operator = await operate(server, tenant);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await post.post.addEmail(operator);
    admin = await manage(server, tenant);
  });
  after(() => post?.close());

  const meOf = async (agent: Agent) => {
    const { access_token: token } = await consoleTokens(server, agent, 'admin', resource);
    return managerWith(tenant.baseUrl, token);
  };
  let number = 0;
  const create = async (email: string | null = null) => {
    number += 1;
    const name = `administrator_${number}`;
    const agent = await createAdministrator(server, name);
    const me = await meOf(agent);
    const { id } = (await me.get('/me')).body as { id: string };
    if (email) await admin.patch(`/api/users/${id}`, { primaryEmail: email });
    return { id, name, agent, me };
  };
  /** The same person in another browser. */
  const elsewhere = async (name: string) => {
    const agent = createAgent();
    await experienceClient(tenant.baseUrl).signIn(name, password, agent);
    return meOf(agent);
  };
  const prove = async (me: Manager) => {
    const { status, body } = await me.post('/me/password/verify', { password });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const rename = (me: Manager, username: string) => me.patch('/me', { username });

  it('shows the account, and changes the picture and custom data', async () => {
    const { me, id, name } = await create('ada@example.com');
    const { body } = await me.get('/me');
    assert.deepEqual(
      [body.id, body.username, body.primaryEmail, body.hasPassword, body.identities],
      [id, name, 'ada@example.com', true, {}],
    );
    assert.deepEqual((await me.patch('/me/custom-data', { tips: 'seen' })).body, { tips: 'seen' });
    assert.deepEqual((await me.get('/me/custom-data')).body, { tips: 'seen' });
    const png = pngOf({});
    const { body: limits } = await me.get('/me/user-assets/service-status');
    assert.ok(limits.maxUploadFileSize > png.length && limits.allowUploadMimeTypes.includes('image/png'));
    const { body: stored } = await uploadFile(me, '/me/user-assets', { bytes: png, type: 'image/png' });
    assert.equal((await me.patch('/me', { avatar: stored.url, username: name })).body.avatar, stored.url);
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    const refused = await uploadFile(me, '/me/user-assets', { bytes: svg, type: 'image/png' });
    assertRefused(refused, 400, 'guard.mime_type_not_allowed');
  });

  // security: own-account
  it('is for tokens of the Console that a sign-in gave, on the admin tenant alone', async () => {
    const { me, id, agent } = await create();
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'acme' });
    for (const other of [server.tenant, acme])
      for (const token of [me.token, ''])
        assertRefused(await managerWith(other.baseUrl, token).get('/me'), 404, 'request.not_found');

    const { access_token: forManagement } = await consoleTokens(server, agent);
    const machine = await operator.addApplication({ type: 'MachineToMachine', redirectUri: 'https://app.example.com' });
    const { body: ofMachine } = await requestToken(tenant.baseUrl, machine, resource);
    const keys = server.app.keys as unknown as Pick<Keys, 'sign'>;
    const { jti, exp } = JSON.parse(Buffer.from(me.token.split('.')[1] ?? '', 'base64url').toString());
    const sign = (claims: object, type = 'at+jwt') =>
      keys.sign(tenant, { jti, exp, sub: id, aud: resource, client_id: 'admin-console', ...claims }, { type });
    assert.equal((await managerWith(tenant.baseUrl, await sign({})).get('/me')).status, 200);
    const wrong = {
      'for the Management API': forManagement,
      'of a program': ofMachine.access_token,
      'of another application': await sign({ client_id: 'demo-app' }),
      'of an exchange for another user': await sign({ act: { sub: 'someone' } }),
      'for an organization': await sign({ organization_id: 'an-organization' }),
      'for several resources': await sign({ aud: [resource, 'https://api.example.com'] }),
      'without a sign-in': await sign({ jti: 'made-up' }),
      'of a personal access token': await sign({ jti: 'made.p.up' }),
      'of the sign-in of another user': await sign({ sub: (await create()).id }),
      'that is an ID token': await sign({}, 'JWT'),
      'that is nothing': 'made-up',
    };
    for (const [what, token] of Object.entries(wrong)) {
      const { status, body } = await managerWith(tenant.baseUrl, token).get('/me');
      assert.equal(`${status} ${body.code}`, '401 auth.unauthorized', `a token ${what}`);
    }
    const routes = allRoutes.filter(({ access }) => access === 'me');
    assert.equal(routes.length, 14);
    for (const { method, path } of routes)
      for (const [token, code] of [
        ['', 'auth.authorization_header_missing'],
        [forManagement, 'auth.unauthorized'],
      ] as const) {
        const body = method === 'GET' ? {} : { body: {} };
        const answer = await managerWith(tenant.baseUrl, token).send(method, path.replace(/:\w+/, 'some'), body);
        assertRefused(answer, 401, code);
      }
    await operator.call('DELETE', `/api/users/${id}/sessions/${await sessionOf(id)}?revokeGrantsTarget=all`);
    assertRefused(await me.get('/me'), 401, 'auth.unauthorized');
  });
  const sessionOf = async (userId: string) => {
    const { sessions } = await operator.call<{ sessions: { payload: { uid: string } }[] }>(
      'GET',
      `/api/users/${userId}/sessions`,
    );
    return sessions[0]?.payload.uid;
  };

  // security: own-account
  it('gets no token in an exchange', async () => {
    const { me, id, agent } = await create();
    const { access_token: forManagement } = await consoleTokens(server, agent);
    const program = await operator.call<{ id: string; secret: string }>('POST', '/api/applications', {
      name: 'Script',
      type: 'Traditional',
      customClientMetadata: { allowTokenExchange: true },
    });
    const { body: personal } = await admin.post(`/api/users/${id}/personal-access-tokens`, { name: 'script' });
    const token = 'urn:ietf:params:oauth:token-type:access_token';
    const subjects = [
      [forManagement, token],
      [me.token, token],
      [personal.value, 'urn:logto:token-type:personal_access_token'],
    ] as [string, string][];
    for (const [value, type] of subjects) {
      const exchange = async (client: Record<string, string>) => {
        const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', resource, ...client };
        const body = new URLSearchParams({ ...grant, subject_token: value, subject_token_type: type });
        const answer = await fetch(`${tenant.baseUrl}/oidc/token`, { method: 'POST', body });
        return [answer.status, (await answer.json()).error];
      };
      assert.deepEqual(await exchange({ client_id: 'admin-console' }), [400, 'unauthorized_client']);
      assert.deepEqual(await exchange({ client_id: program.id, client_secret: program.secret }), [
        400,
        'invalid_target',
      ]);
    }
  });

  // security: own-tokens
  it('has a resource indicator that no API resource can take', async () => {
    for (const indicator of [resource, `${resource}/`, resource.toUpperCase()])
      for (const api of [admin, await manage(server)])
        assertRefused(await api.post('/api/resources', { name: 'Mine', indicator }), 400, 'guard.invalid_input');
  });

  // security: own-account, wrong-passwords
  it('changes the password after the password was given, once, and ends the other sessions', async () => {
    const { me, name, id } = await create('changer@example.com');
    const other = await elsewhere(name);
    const next = { password: 'another meadow under stone 8' };
    assertRefused(await me.post('/me/password', next), 401, denied);
    assertRefused(await me.post('/me/password/verify', { password: 'wrong' }), 422, 'session.invalid_credentials');
    assertRefused(await me.post('/me/password', next), 401, denied);
    await prove(me);
    assertRefused(await me.post('/me/password', { password: '1' }), 400, 'password.rejected');
    assert.equal((await me.post('/me/password', next)).status, 204);
    assertRefused(await other.get('/me'), 401, 'auth.unauthorized');
    assert.equal((await me.get('/me')).status, 200);
    assertRefused(await me.post('/me/password', { password: 'a third meadow under 9' }), 401, denied);
    assertRefused(await me.post('/me/password/verify', { password }), 422, 'session.invalid_credentials');
    await post.post.arrived('changer@example.com', /password of your account was changed/);
    const { body } = await admin.get(`/api/logs?userId=${id}&logKey=Account.Update`);
    assert.deepEqual(
      body.map(({ payload }: { payload: { result: string } }) => payload.result),
      ['Error', 'Success', 'Error', 'Error', 'Error'],
    );
  });

  // security: own-account, value-purposes
  it('has proofs that count for their user, their sign-in, one change and 10 minutes', async () => {
    const [person, stranger] = [await create(), await create()];
    const again = await elsewhere(person.name);
    await prove(person.me);
    for (const other of [again, stranger.me]) assertRefused(await rename(other, 'stolen_name'), 401, denied);
    assert.equal((await rename(person.me, 'first_name')).status, 200);
    assertRefused(await rename(person.me, 'second_name'), 401, denied);

    await prove(person.me);
    const both = await Promise.all(['third_name', 'fourth_name'].map((name) => rename(person.me, name)));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401]);

    await prove(person.me);
    await prove(person.me);
    post.clock.ahead += 599_000;
    assert.equal((await rename(person.me, 'fifth_name')).status, 200);
    assertRefused(await rename(person.me, 'sixth_name'), 401, denied);
    await prove(person.me);
    post.clock.ahead += 601_000;
    assertRefused(await rename(person.me, 'seventh_name'), 401, denied);
  });

  // security: own-account, value-purposes
  it('changes the email address after a proof, with a code that was sent to the new one', async () => {
    const { me, id } = await create('old@example.com');
    const send = (email: string) => me.post('/me/verification-codes', { email });
    const verify = (email: string, verificationCode: string) =>
      me.post('/me/verification-codes/verify', { email, verificationCode });
    const emailNow = async () => (await me.get('/me')).body.primaryEmail;
    assertRefused(await send('new@example.com'), 401, denied);
    assert.ok(!post.post.received().includes('new@example.com'), 'nothing is sent without a proof');

    assert.equal((await send('OLD@example.com')).status, 200);
    assertRefused(await verify('old@example.com', '0000000'), 400, 'verification_code.code_mismatch');
    assertRefused(await send('new@example.com'), 401, denied);
    assert.equal((await send('old@example.com')).status, 200);
    assert.equal((await verify('old@example.com', await post.post.codeTo('old@example.com'))).status, 200);

    assert.equal((await send('new@example.com')).status, 200);
    const code = await post.post.codeTo('new@example.com');
    assertRefused(await verify('another@example.com', code), 400, 'verification_code.email_mismatch');
    assert.equal(await emailNow(), 'old@example.com');
    // What was sent to the new address counts only together with a proof.
    await server.app.database.system.raw(
      `delete from verification_records where tenant_id = 'admin' and user_id = $1 and purpose = 'permission'`,
      [id],
    );
    assertRefused(await verify('new@example.com', code), 401, denied);
    assert.equal(await emailNow(), 'old@example.com');
    await prove(me);
    assert.equal((await verify('new@example.com', code)).body.primaryEmail, 'new@example.com');
    await post.post.arrived('old@example.com', /email address of your account was changed/);
    assertRefused(await rename(me, 'one_more_change'), 401, denied);
    assertRefused(await verify('another@example.com', code), 401, denied);
  });

  // security: own-account, social-linking
  it('links and removes a social account of the admin tenant’s connectors, each with a proof', async () => {
    const connectorId = await operator.connectWechat();
    const { appId } = operator.wechatApp;
    const { me } = await create();
    const { body: offered } = await me.get('/me/social/connectors');
    assert.deepEqual(
      offered.map(({ id, target }: { id: string; target: string }) => [id, target]),
      [[connectorId, 'wechat']],
    );
    const start = () =>
      me.post('/me/social/authorization-uri', {
        connectorId,
        state: 's',
        redirectUri: 'https://console.example.com/callback',
      });
    const link = async (persona: string, connector = connectorId) => {
      const code = await operator.approveAtWechat({ appId, persona, outcome: 'success' });
      return me.post('/me/social/link-identity', { connectorId: connector, connectorData: { code } });
    };
    assertRefused(await start(), 401, denied);
    await prove(me);
    assertRefused(await link('mei'), 404, 'verification_record.not_found');
    assert.match((await start()).body.redirectTo, /^wechat:/);
    assertRefused(await link('mei', 'another'), 422, 'session.invalid_connector_id');
    await start();
    // Another change uses the proof up.
    assert.equal((await rename(me, 'renamed_before_linking')).status, 200);
    assertRefused(await link('mei'), 401, denied);
    await prove(me);
    const linked = await link('mei');
    assert.ok(linked.body.identities?.wechat, JSON.stringify(linked.body));
    assertRefused(await me.delete(`/me/social/identity/${connectorId}`), 401, denied);
    await prove(me);
    assertRefused(await me.delete('/me/social/identity/unknown'), 404, 'entity.not_found');
    assert.deepEqual((await me.delete(`/me/social/identity/${connectorId}`)).body.identities, {});
  });
});
