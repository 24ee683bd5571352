import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { editableFields } from '../support/account-visitor.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { type CreationOptions, createAuthenticator } from '../support/authenticator.ts';
import { authorization } from '../support/authorization.ts';
import type { MovableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { pngOf } from '../support/picture.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import type { TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp-app.ts';
import { uploadFile } from '../support/upload.ts';

const password = 'correct horse battery 7';
const everything = [
  'openid profile email phone address identities custom_data offline_access',
  'urn:logto:scope:sessions urn:logto:scope:trusted_devices',
].join(' ');

describe('Account API', () => {
  let post: PostServer;
  let server: TestServer;
  let clock: MovableClock;
  let api: Manager;
  before(async () => {
    post = await startPostServer();
    ({ server, clock } = post);
    await post.post.addEmail(post.operator);
    await post.post.addPhone(post.operator);
    api = await manage(server);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    await api.patch('/api/sign-in-exp', {
      mfa: { policy: 'NoPrompt', factors: ['Totp', 'WebAuthn', 'BackupCode'] },
    });
  });
  after(() => post?.close());

  let number = 0;
  interface Person {
    id: string;
    name: string;
    agent: Agent;
    api: Manager;
    tokens: { access_token: string; refresh_token: string };
  }
  /** A sign-in up to the address where the authorization continues. */
  const finish = async (name: string, scope = everything, agent = createAgent()) => {
    const request = authorization({ endpoint: server.url, extra: { scope } });
    await agent.fetch(request.url);
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await agent.json(method, `${server.url}/api/experience${path}`, body);
      assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
      return answer;
    };
    await call('PUT', '', { interactionEvent: 'SignIn' });
    const identifier = { type: 'username', value: name };
    await call(
      'POST',
      '/identification',
      await (await call('POST', '/verification/password', { identifier, password })).json(),
    );
    const { redirectTo }: { redirectTo: string } = await (await call('POST', '/submit')).json();
    return { agent, request, redirectTo };
  };
  const signIn = async (...given: Parameters<typeof finish>) => {
    const { agent, request, redirectTo } = await finish(...given);
    let url = redirectTo;
    while (!url.startsWith(request.redirectUri))
      url = new URL((await agent.fetch(url)).headers.get('location') ?? '', url).href;
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'demo-app',
      code: new URL(url).searchParams.get('code') ?? '',
      redirect_uri: request.redirectUri,
      code_verifier: request.verifier,
    });
    const tokens = await (await fetch(`${server.url}/oidc/token`, { method: 'POST', body })).json();
    return { agent, tokens, api: managerWith(server.url, tokens.access_token) };
  };
  const create = async (more: object = {}): Promise<Person> => {
    number += 1;
    const name = `person_${number}`;
    const { body } = await api.post('/api/users', { username: name, password, ...more });
    return { id: body.id, name, ...(await signIn(name)) };
  };
  /** The API with a proof that the caller owns the account. */
  const proved = async ({ api: mine, tokens }: Pick<Person, 'api' | 'tokens'>): Promise<Manager> => {
    const { status, body } = await mine.post('/api/verifications/password', { password });
    assert.equal(status, 201, JSON.stringify(body));
    return managerWith(server.url, tokens.access_token, { 'logto-verification-id': body.verificationRecordId });
  };

  it('shows the account as far as the scopes of the token and the settings of the account center open it', async () => {
    const person = await create({ name: 'Ada', primaryEmail: 'ada@example.com', customData: { plan: 'pro' } });
    const { body } = await person.api.get('/api/my-account');
    assert.deepEqual(
      [body.id, body.name, body.primaryEmail, body.customData, body.hasPassword],
      [person.id, 'Ada', 'ada@example.com', { plan: 'pro' }, true],
    );
    const narrow = await signIn(person.name, 'openid offline_access');
    assert.deepEqual((await narrow.api.get('/api/my-account')).body, { id: person.id, hasPassword: true });
    await api.patch('/api/account-center', { fields: { name: 'Off', email: 'ReadOnly' } });
    const limited = (await person.api.get('/api/my-account')).body;
    assert.deepEqual(['name' in limited, limited.primaryEmail], [false, 'ada@example.com']);
    assertRefused(await person.api.patch('/api/my-account', { name: 'B' }), 400, 'account_center.field_not_enabled');
    assertRefused(
      await (await proved(person)).delete('/api/my-account/primary-email'),
      400,
      'account_center.field_not_editable',
    );
    await api.patch('/api/account-center', { enabled: false });
    assertRefused(await person.api.get('/api/my-account'), 400, 'account_center.not_enabled');
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
  });

  // security: own-account
  it('is for opaque tokens of the operator’s own applications alone', async () => {
    const person = await create();
    const { body: foreign } = await api.post('/api/applications', {
      name: 'Foreign',
      type: 'SPA',
      isThirdParty: true,
      oidcClientMetadata: { redirectUris: [`${server.url}/demo-app`], postLogoutRedirectUris: [] },
    });
    const { db } = server.tenant;
    await db.raw('update access_tokens set application_id = $2 where tenant_id = $1 and user_id = $3', [
      'default',
      foreign.id,
      person.id,
    ]);
    assertRefused(await person.api.get('/api/my-account'), 403, 'auth.third_party_application_forbidden');
    for (const wrong of [api.token, 'made-up', ''])
      assert.equal((await managerWith(server.url, wrong).get('/api/my-account')).status, 401);
    const { tokens } = await signIn(person.name, 'profile offline_access openid');
    assert.equal((await managerWith(server.url, tokens.refresh_token).get('/api/my-account')).status, 401);
  });

  it('changes the profile, and the username with a proof', async () => {
    const person = await create();
    const { body } = await person.api.patch('/api/my-account', { name: 'New', customData: { a: 1 } });
    assert.deepEqual([body.name, body.customData], ['New', { a: 1 }]);
    const profile = await person.api.patch('/api/my-account/profile', { givenName: 'Ana', address: { country: 'ES' } });
    assert.deepEqual(profile.body, { givenName: 'Ana', address: { country: 'ES' } });
    assertRefused(
      await person.api.patch('/api/my-account', { username: 'other_name' }),
      401,
      'verification_record.permission_denied',
    );
    const own = await proved(person);
    assert.equal((await own.patch('/api/my-account', { username: 'other_name' })).body.username, 'other_name');
    const other = await create();
    assertRefused(
      await (await proved(other)).patch('/api/my-account', { username: 'other_name' }),
      422,
      'user.username_already_in_use',
    );
    assertRefused(await own.patch('/api/my-account', { username: null }), 422, 'user.username_required');
  });

  // security: old-passwords, wrong-passwords
  it('sets a new password with a proof, which ends the other sessions and keeps this one', async () => {
    const person = await create();
    const elsewhere = await signIn(person.name);
    const finished = await finish(person.name);
    const path = '/api/my-account/password';
    const next = { password: 'another horse battery 8' };
    assertRefused(await person.api.post(path, next), 401, 'verification_record.permission_denied');
    assertRefused(
      await person.api.post('/api/verifications/password', { password: 'wrong' }),
      422,
      'session.invalid_credentials',
    );
    const own = await proved(person);
    assertRefused(await own.post(path, { password: '1' }), 422, 'password.rejected');
    assertRefused(await own.post(path, { password }), 422, 'user.same_password');
    assert.equal((await own.post(path, next)).status, 204);
    assert.equal((await person.api.get('/api/my-account')).status, 200);
    assert.equal((await elsewhere.api.get('/api/my-account')).status, 401);
    const asked = await finished.agent.fetch(finished.redirectTo);
    assert.match(asked.headers.get('location') ?? '', /^.sign-in\?/, 'a finished sign-in does not continue');
    assertRefused(
      await person.api.post('/api/verifications/password', { password }),
      422,
      'session.invalid_credentials',
    );
  });

  // security: value-purposes
  it('changes the email address and the phone with a proof and a code that was sent to the new one', async () => {
    const person = await create({ primaryEmail: 'old@example.com' });
    const codes = '/api/verifications/verification-code';
    const verified = async (identifier: { type: string; value: string }, templateType?: string) => {
      const { body, status } = await person.api.post(codes, { identifier, templateType });
      assert.equal(status, 201, JSON.stringify(body));
      const code = await post.post.codeTo(identifier.value);
      const { verificationRecordId: verificationId } = body;
      assertRefused(
        await person.api.post(`${codes}/verify`, { identifier, verificationId, code: '0000000' }),
        400,
        'verification_code.code_mismatch',
      );
      assert.equal((await person.api.post(`${codes}/verify`, { identifier, verificationId, code })).status, 200);
      return verificationId as string;
    };
    const own = { type: 'email', value: 'old@example.com' };
    const foreign = { type: 'email', value: 'foreign@example.com' };
    assertRefused(
      await person.api.post(codes, { identifier: foreign }),
      422,
      'verification_record.identifier_mismatch',
    );
    const permission = await verified(own);
    const mine = managerWith(server.url, person.tokens.access_token, { 'logto-verification-id': permission });
    const path = '/api/my-account/primary-email';
    const record = await verified({ type: 'email', value: 'new@example.com' }, 'BindNewIdentifier');
    const wish = { email: 'new@example.com', newIdentifierVerificationRecordId: record };
    assertRefused(await person.api.post(path, wish), 401, 'verification_record.permission_denied');
    const denied = 'verification_record.permission_denied';
    // What proves the owner adds nothing, what proves an address allows nothing, and each is for its own address.
    assertRefused(await mine.post(path, { ...wish, newIdentifierVerificationRecordId: permission }), 401, denied);
    assertRefused(await mine.post(path, { ...wish, email: 'another@example.com' }), 401, denied);
    const withRecord = managerWith(server.url, person.tokens.access_token, { 'logto-verification-id': record });
    assertRefused(await withRecord.post(path, wish), 401, denied);
    assert.equal((await mine.post(path, wish)).status, 204);
    assert.equal((await person.api.get('/api/my-account')).body.primaryEmail, 'new@example.com');
    assertRefused(await mine.post(path, wish), 401, denied);

    const phone = await verified({ type: 'phone', value: '34600111222' }, 'BindNewIdentifier');
    const given = { phone: '34600111222', newIdentifierVerificationRecordId: phone };
    assert.equal((await mine.post('/api/my-account/primary-phone', given)).status, 204);
    assert.equal((await api.get(`/api/users/${person.id}`)).body.primaryPhone, '34600111222');
    assert.equal((await mine.delete('/api/my-account/primary-phone')).status, 204);
    assert.equal((await mine.delete(path)).status, 204);
    const { body } = await person.api.get('/api/my-account');
    assert.deepEqual([body.primaryEmail, body.primaryPhone], [null, null]);
  });

  // security: value-purposes
  it('has verifications that count for their user, their sign-in and 10 minutes', async () => {
    const [person, other] = [await create(), await create()];
    const { body } = await person.api.post('/api/verifications/password', { password });
    const headers = { 'logto-verification-id': body.verificationRecordId };
    const again = await signIn(person.name);
    for (const { tokens } of [other, again])
      assertRefused(
        await managerWith(server.url, tokens.access_token, headers).post('/api/my-account/password', { password: 'x' }),
        401,
        'verification_record.permission_denied',
      );
    const own = managerWith(server.url, person.tokens.access_token, headers);
    assert.equal((await own.get('/api/my-account/sessions')).status, 200);
    clock.ahead += 601_000;
    assertRefused(await own.get('/api/my-account/sessions'), 401, 'verification_record.permission_denied');
    const rows = await server.tenant.db.raw('select * from verification_records where tenant_id = $1', ['default']);
    assert.ok(!JSON.stringify(rows).includes(body.verificationRecordId), 'stored as a hash');
  });

  it('adds, replaces and removes an authenticator app and backup codes', async () => {
    const person = await create();
    const factors = '/api/my-account/mfa-verifications';
    const { body: made } = await person.api.post(`${factors}/totp-secret/generate`, {});
    assert.match(made.secretQrCode, /^data:image\/png/);
    const totp = { type: 'Totp', secret: made.secret };
    assertRefused(await person.api.post(factors, totp), 401, 'verification_record.permission_denied');
    const own = await proved(person);
    assertRefused(await own.post(factors, { ...totp, code: '000000' }), 400, 'session.mfa.invalid_totp_code');
    assert.equal((await own.post(factors, { ...totp, code: totpCode(made.secret, clock.now()) })).status, 204);
    const { body: backup } = await person.api.post(`${factors}/backup-codes/generate`, {});
    assert.equal((await own.post(factors, { type: 'BackupCode', codes: backup.codes })).status, 204);
    assert.deepEqual(
      (await own.get(`${factors}/backup-codes`)).body.codes,
      backup.codes.map((code: string) => ({ code })),
    );
    assertRefused(await person.api.get(`${factors}/backup-codes`), 401, 'verification_record.permission_denied');
    const { body: second } = await person.api.post(`${factors}/totp-secret/generate`, {});
    const code = totpCode(second.secret, clock.now());
    assert.equal((await own.put(`${factors}/totp`, { secret: second.secret, code })).status, 204);
    const { body: listed } = await person.api.get(factors);
    assert.deepEqual(listed.map(({ type }: { type: string }) => type).sort(), ['BackupCode', 'Totp']);
    const app = listed.find(({ type }: { type: string }) => type === 'Totp');
    assert.equal((await own.delete(`${factors}/${app?.id}`)).status, 204);
    assert.deepEqual((await person.api.get(factors)).body, []);
    const settings = '/api/my-account/mfa-settings';
    assert.deepEqual((await own.patch(settings, { skipMfaOnSignIn: true })).body, { skipMfaOnSignIn: true });
    const configs = '/api/my-account/logto-configs';
    assert.equal((await person.api.patch(configs, { mfa: { skipped: true } })).body.mfa.skipped, true);
    assert.equal((await person.api.get(configs)).body.mfa.skipMfaOnSignIn, true);
    assert.equal((await person.api.patch(configs, { mfa: { enabled: true } })).body.mfa.enabled, true);
    const weaker = { mfa: { enabled: false } };
    assertRefused(await person.api.patch(configs, weaker), 401, 'verification_record.permission_denied');
    assert.equal((await own.patch(configs, weaker)).body.mfa.enabled, false);
  });

  // security: social-linking
  it('links, replaces and removes a social account, which the provider has confirmed', async () => {
    const connectorId = await post.operator.connectWechat();
    const person = await create();
    const redirectUri = 'https://account.example.com/callback';
    const verified = async (persona: string) => {
      const start = await person.api.post('/api/verifications/social', { connectorId, state: 's', redirectUri });
      assert.equal(start.status, 201, JSON.stringify(start.body));
      assert.match(start.body.authorizationUri, /^wechat:/);
      const { verificationRecordId } = start.body;
      const { appId } = post.operator.wechatApp;
      const code = await post.operator.approveAtWechat({ appId, persona, outcome: 'success' });
      const answer = { verificationRecordId, connectorData: { code } };
      assert.equal((await person.api.post('/api/verifications/social/verify', answer)).status, 200);
      assertRefused(
        await person.api.post('/api/verifications/social/verify', answer),
        404,
        'verification_record.not_found',
      );
      return { newIdentifierVerificationRecordId: verificationRecordId as string };
    };
    const path = '/api/my-account/identities';
    const own = await proved(person);
    const mei = await verified('mei');
    assertRefused(await person.api.post(path, mei), 401, 'verification_record.permission_denied');
    assert.equal((await own.post(path, mei)).status, 204);
    assert.ok((await person.api.get('/api/my-account')).body.identities?.wechat);
    assertRefused(await own.post(path, mei), 401, 'verification_record.permission_denied');
    const aino = await verified('aino');
    assertRefused(await own.post(path, aino), 422, 'user.identity_exists_in_profile');
    const put = await own.put(path, aino);
    assert.equal(put.status, 204, JSON.stringify(put.body));
    const other = await create();
    assertRefused(await (await proved(other)).post(path, mei), 401, 'verification_record.permission_denied');
    assert.equal((await own.delete(`${path}/wechat`)).status, 204);
    assert.deepEqual((await person.api.get('/api/my-account')).body.identities, {});
  });

  it('adds, renames and removes a passkey', async () => {
    const person = await create();
    const start = await person.api.post('/api/verifications/web-authn/registration', {});
    assert.equal(start.status, 200, JSON.stringify(start.body));
    const { verificationRecordId, registrationOptions } = start.body;
    const device = createAuthenticator({ origin: server.url });
    const payload = device.create(registrationOptions as unknown as CreationOptions);
    const verify = '/api/verifications/web-authn/registration/verify';
    assert.equal((await person.api.post(verify, { verificationRecordId, payload })).status, 200);
    const own = await proved(person);
    const factors = '/api/my-account/mfa-verifications';
    const wish = { type: 'WebAuthn', newIdentifierVerificationRecordId: verificationRecordId, name: 'Laptop' };
    assertRefused(await person.api.post(factors, wish), 401, 'verification_record.permission_denied');
    assert.equal((await own.post(factors, wish)).status, 204);
    const [passkey] = (await person.api.get(factors)).body;
    assert.deepEqual([passkey?.type, passkey?.name], ['WebAuthn', 'Laptop']);
    const renamed = await own.patch(`${factors}/${passkey?.id}/name`, { name: 'Phone' });
    assert.deepEqual([renamed.status, renamed.body.name], [200, 'Phone']);
    await api.patch('/api/account-center', { fields: { passkey: 'ReadOnly' } });
    for (const refused of [
      await own.patch(`${factors}/${passkey?.id}/name`, { name: 'Mine' }),
      await own.delete(`${factors}/${passkey?.id}`),
    ])
      assertRefused(refused, 400, 'account_center.field_not_editable');
    await api.patch('/api/account-center', { fields: editableFields });
    assert.equal((await own.delete(`${factors}/${passkey?.id}`)).status, 204);
  });

  it('takes a picture, and no file that could contain a script', async () => {
    const person = await create();
    const path = '/api/my-account/user-assets/avatar';
    const { body, status } = await uploadFile(person.api, path, { bytes: pngOf({}), type: 'image/png' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((await person.api.patch('/api/my-account', { avatar: body.url })).body.avatar, body.url);
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    const refused = await uploadFile(person.api, path, { bytes: svg, type: 'image/png' });
    assertRefused(refused, 400, 'guard.mime_type_not_allowed');
  });

  it('lists and ends the sessions and grants of the user', async () => {
    const person = await create();
    const elsewhere = await signIn(person.name);
    const own = await proved(person);
    const { sessions } = (await own.get('/api/my-account/sessions')).body;
    assert.deepEqual(
      sessions.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent),
      [false, true],
    );
    assert.equal(
      (await own.delete(`/api/my-account/sessions/${sessions[0].payload.uid}?revokeGrantsTarget=all`)).status,
      204,
    );
    assert.equal((await elsewhere.api.get('/api/my-account')).status, 401);
    const { grants } = (await own.get('/api/my-account/grants')).body;
    assert.equal(grants.length, 1);
    assert.equal((await own.delete(`/api/my-account/grants/${grants[0].id}`)).status, 204);
    assert.equal((await person.api.get('/api/my-account')).status, 401, 'its own grant');
    const narrow = await signIn(person.name, 'openid profile offline_access');
    assertRefused(await narrow.api.get('/api/my-account/sessions'), 403, 'auth.forbidden');
  });

  it('has no tokens of providers and no trusted browsers yet', async () => {
    const person = await create();
    assertRefused(
      await person.api.get('/api/my-account/identities/google/access-token'),
      404,
      'secrets.third_party_token_set.token_not_found',
    );
    assertRefused(
      await person.api.get('/api/my-account/sso-identities/okta/access-token'),
      404,
      'secrets.third_party_token_set.token_not_found',
    );
    const given = { verificationRecordId: 'x' };
    assertRefused(
      await person.api.put('/api/my-account/identities/google/access-token', given),
      401,
      'verification_record.permission_denied',
    );
    assert.deepEqual((await person.api.get('/api/my-account/trusted-devices')).body, []);
    const own = await proved(person);
    assertRefused(await own.delete('/api/my-account/trusted-devices/none'), 404, 'entity.not_found');
    assertRefused(await own.delete('/api/my-account/identities/google'), 404, 'user.identity_not_exist');
  });

  it('records changes and proofs in the audit log, also refused ones', async () => {
    const person = await create();
    await person.api.post('/api/my-account/password', { password: 'x' });
    await proved(person);
    const { body } = await api.get(`/api/logs?userId=${person.id}&logKey=Account.Update`);
    assert.deepEqual([body[0].payload.result, body[0].payload.params.field], ['Error', 'password']);
    const { body: proofs } = await api.get(`/api/logs?userId=${person.id}&logKey=Account.Verify`);
    assert.equal(proofs[0].payload.result, 'Success');
    assert.ok(!JSON.stringify([body, proofs]).includes(password));
  });
});
