import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createLog } from '../../server/src/kernel/log.ts';
import { editableFields } from '../support/account-visitor.ts';
import { administratorPassword, consoleTokens, createAdministrator } from '../support/administrator.ts';
import { experienceClient } from '../support/agent.ts';
import { type CreationOptions, createAuthenticator } from '../support/authenticator.ts';
import { startCompany } from '../support/company.ts';
import { assertRefused, type Manager, manage, managerWith, type Reply } from '../support/management.ts';
import { type OAuthProvider, startOAuthProvider } from '../support/oauth-provider.ts';
import { type Operator, operate } from '../support/operator.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';
const scope = 'openid profile email phone identities custom_data offline_access urn:logto:scope:sessions';
const denied = 'verification_record.permission_denied';
const blocked = 'session.verification_blocked_too_many_attempts';
const codesPath = '/api/verifications/verification-code';

describe('The own account', () => {
  let post: PostOffice;
  let provider: OAuthProvider;
  let server: TestServer;
  let operator: Operator;
  let api: Manager;
  let connectorId: string;
  const logged: string[] = [];
  before(async () => {
    post = await openPostOffice();
    provider = await startOAuthProvider();
    const write = (fields: object, message: string) => void logged.push(inspect(fields, { depth: 9 }), message);
    server = await startServer({
      environment: { ...post.environment, OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' },
      world: { log: { ...createLog('silent'), debug: write, info: write, warn: write, error: write } },
    });
    operator = await operate(server);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await post.addEmail(operator);
    api = await manage(server);
    const metadata = { target: 'acme', name: { en: 'Acme' } };
    const draft = { connectorId: 'oauth2', config: provider.config, metadata, enableTokenStorage: true };
    connectorId = (await api.post('/api/connectors', draft)).body.id;
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    await api.patch('/api/sign-in-exp', {
      socialSignInConnectorTargets: ['acme'],
      mfa: { policy: 'NoPrompt', factors: ['WebAuthn'] },
      sentinelPolicy: { maxAttempts: 5, lockoutDuration: 60 },
    });
  });
  after(async () => {
    await server?.close();
    await post?.close();
    await provider?.close();
  });

  let number = 0;
  const create = async (primaryEmail?: string) => {
    number += 1;
    const username = `person_${number}`;
    const { body } = await api.post('/api/users', { username, password, ...(primaryEmail ? { primaryEmail } : {}) });
    const client = experienceClient(server.url, { scope });
    const { access_token: token } = await client.redeem(await client.signIn(username, password));
    const withProof = (proof: string) => managerWith(server.url, token, { 'logto-verification-id': proof });
    return { id: body.id as string, username, mine: managerWith(server.url, token), withProof };
  };
  const createColleague = async (name: string, primaryEmail: string) => {
    const tenant = await server.app.tenancy.get('admin');
    const agent = await createAdministrator(server, name);
    const { access_token } = await consoleTokens(server, agent, 'admin', 'https://admin.logto.app/me');
    const me = managerWith(tenant.baseUrl, access_token);
    const { id } = (await me.get('/me')).body as { id: string };
    const admin = await manage(server, tenant);
    await admin.patch(`/api/users/${id}`, { primaryEmail });
    return { id, me, admin };
  };
  const record = ({ body, status }: Reply): string => {
    assert.ok(status < 300, JSON.stringify(body));
    return body.verificationRecordId;
  };
  const provePassword = async (mine: Manager) => record(await mine.post('/api/verifications/password', { password }));
  const proveCode = async (mine: Manager, value: string, templateType: string) => {
    const identifier = { type: 'email', value };
    const verificationId = record(await mine.post(codesPath, { identifier, templateType }));
    const code = await post.codeTo(value);
    return record(await mine.post(`${codesPath}/verify`, { identifier, verificationId, code }));
  };
  const proveSocial = async (mine: Manager, account: string) => {
    const start = { connectorId, state: 's', redirectUri: 'https://account.example.com/callback' };
    const verificationRecordId = record(await mine.post('/api/verifications/social', start));
    const connectorData = provider.agree(account);
    return record(await mine.post('/api/verifications/social/verify', { verificationRecordId, connectorData }));
  };
  const provePasskey = async (mine: Manager) => {
    const path = '/api/verifications/web-authn/registration';
    const { verificationRecordId, registrationOptions } = (await mine.post(path, {})).body;
    const payload = createAuthenticator({ origin: server.url }).create(registrationOptions as CreationOptions);
    return record(await mine.post(`${path}/verify`, { verificationRecordId, payload }));
  };

  // security: value-purposes
  it('takes what was verified for the one purpose that it was verified for, in whichever place it is sent', async () => {
    const { mine, withProof } = await create('mixed@example.com');
    const made = {
      permission: await provePassword(mine),
      code: await proveCode(mine, 'mixed@example.com', 'UserPermissionValidation'),
      address: await proveCode(mine, 'next@example.com', 'BindNewIdentifier'),
      social: await proveSocial(mine, 'mixed'),
      passkey: await provePasskey(mine),
    };
    const places: [right: keyof typeof made, send: (proved: Manager, id: string) => Promise<Reply>][] = [
      [
        'address',
        (proved, newIdentifierVerificationRecordId) =>
          proved.post('/api/my-account/primary-email', {
            email: 'next@example.com',
            newIdentifierVerificationRecordId,
          }),
      ],
      ['social', (proved, id) => proved.post('/api/my-account/identities', { newIdentifierVerificationRecordId: id })],
      [
        'passkey',
        (proved, newIdentifierVerificationRecordId) =>
          proved.post('/api/my-account/mfa-verifications', { type: 'WebAuthn', newIdentifierVerificationRecordId }),
      ],
      [
        'social',
        (proved, verificationRecordId) =>
          proved.put('/api/my-account/identities/acme/access-token', { verificationRecordId }),
      ],
    ];
    for (const [right, send] of places)
      for (const [kind, id] of Object.entries(made))
        if (kind !== right) assertRefused(await send(withProof(made.permission), id), 401, denied);
    for (const [kind, id] of Object.entries(made))
      if (!['permission', 'code'].includes(kind))
        assertRefused(await withProof(id).get('/api/my-account/sessions'), 401, denied);
    for (const [right, send] of places.slice(0, 3))
      assert.equal((await send(withProof(made.code), made[right])).status, 204, right);
  });

  // security: single-use
  it('uses what was verified for a change once, also in concurrent requests', async () => {
    const { mine, withProof } = await create();
    const proved = withProof(await provePassword(mine));
    const newIdentifierVerificationRecordId = await proveSocial(mine, 'at once');
    const send = () => proved.put('/api/my-account/identities', { newIdentifierVerificationRecordId });
    const answers = await Promise.all(Array.from({ length: 6 }, send));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 401, 401, 401, 401, 401]);

    const identifier = { type: 'email', value: 'race@example.com' };
    const verificationId = record(await mine.post(codesPath, { identifier, templateType: 'BindNewIdentifier' }));
    const code = await post.codeTo(identifier.value);
    const verify = () => mine.post(`${codesPath}/verify`, { identifier, verificationId, code });
    const verdicts = await Promise.all(Array.from({ length: 6 }, verify));
    assert.equal(verdicts.filter(({ status }) => status === 200).length, 1);
  });

  // security: message-codes
  it('sends a code to its mailbox alone: no response, no log, no audit log and no row has it', async () => {
    const { mine, id } = await create('codes@example.com');
    const tenant = await server.app.tenancy.get('admin');
    const adminOperator = await operate(server, tenant);
    await adminOperator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await post.addEmail(adminOperator);
    const { me, admin } = await createColleague('coded', 'coded@example.com');
    const answers: Reply[] = [];
    const codes: string[] = [];
    for (const [value, templateType] of [
      ['codes@example.com', 'UserPermissionValidation'],
      ['later@example.com', 'BindNewIdentifier'],
    ] as const) {
      answers.push(await mine.post(codesPath, { identifier: { type: 'email', value }, templateType }));
      codes.push(await post.codeTo(value));
    }
    answers.push(await me.post('/me/verification-codes', { email: 'coded@example.com' }));
    codes.push(await post.codeTo('coded@example.com'));
    answers.push(await me.post('/me/verification-codes/verify', { email: 'coded@example.com', verificationCode: '0' }));
    const rows = await server.app.database.system.raw('select to_jsonb(t) as row from verification_records t');
    const seen = [
      ...[answers.map(({ body, headers }) => [body, [...headers]]), rows, logged],
      (await api.get(`/api/logs?userId=${id}&page_size=100`)).body,
      (await admin.get('/api/logs?page_size=100')).body,
    ];
    const text = JSON.stringify(seen);
    for (const code of codes) assert.ok(!new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text), code);
  });

  // security: unproved-addresses
  it('declares no address as the user’s, and none as verified, without a code', async () => {
    const { mine, id, withProof } = await create('mine@example.com');
    const claims = { emailVerified: true, isEmailVerified: true, email_verified: true, primaryEmailVerified: true };
    const wish = {
      primaryEmail: 'boss@example.com',
      primaryPhone: '34600000009',
      email: 'boss@example.com',
      ...claims,
    };
    const proved = withProof(await provePassword(mine));
    await proved.patch('/api/my-account', { name: 'Ada', ...wish });
    await proved.patch('/api/my-account/profile', { givenName: 'Ada', ...wish });
    const { me, id: colleague } = await createColleague('claimer', 'claimer@example.com');
    await me.post('/me/password/verify', { password: administratorPassword });
    await me.patch('/me', { avatar: null, ...wish });
    const rows = await server.app.database.system.raw(
      'select primary_email, primary_phone, is_email_verified from users where id = any($1::text[]) order by tenant_id desc',
      [[id, colleague]],
    );
    const unproved = { primary_phone: null, is_email_verified: false };
    assert.deepEqual(rows, [
      { primary_email: 'mine@example.com', ...unproved, is_email_verified: true },
      { primary_email: 'claimer@example.com', ...unproved, is_email_verified: true },
    ]);
  });

  // security: account-enumeration
  it('answers alike for an address that another user has and a free one, until its mailbox is proved', async () => {
    const { mine, withProof } = await create('asker@example.com');
    await create('taken@example.com');
    const { statements } = server.app.database;
    /** Status, members and statements of an answer, which waits for its message. */
    const shapeOf = async (request: () => Promise<Reply>) => {
      const before = statements.count;
      const { status, body } = await request();
      return [status, Object.keys(body).sort(), statements.count - before];
    };
    const ask = (value: string) =>
      mine.post(codesPath, { identifier: { type: 'email', value }, templateType: 'BindNewIdentifier' });
    const asked = ['first@example.com', 'taken@example.com', 'free@example.com'];
    const shapes = [];
    for (const value of asked) {
      shapes.push(await shapeOf(() => ask(value)));
      await post.codeTo(value);
    }
    assert.deepEqual(shapes[1], shapes[2]);
    const newIdentifierVerificationRecordId = await proveCode(mine, 'taken@example.com', 'BindNewIdentifier');
    const proved = withProof(await provePassword(mine));
    const wish = { email: 'taken@example.com', newIdentifierVerificationRecordId };
    assertRefused(await proved.post('/api/my-account/primary-email', wish), 422, 'user.email_already_in_use');

    const { me } = await createColleague('curious', 'curious@example.com');
    await createColleague('present', 'present@example.com');
    await me.post('/me/password/verify', { password: administratorPassword });
    const send = (email: string) => shapeOf(() => me.post('/me/verification-codes', { email }));
    await send('first@example.com');
    assert.deepEqual(await send('present@example.com'), await send('absent@example.com'));
  });

  // security: wrong-passwords
  it('counts wrong passwords together with those of the sign-in, in the Account API and in /me', async () => {
    const { mine, username } = await create();
    for (let attempt = 0; attempt < 5; attempt += 1)
      assertRefused(
        await mine.post('/api/verifications/password', { password: `wrong ${attempt}` }),
        422,
        'session.invalid_credentials',
      );
    assertRefused(await mine.post('/api/verifications/password', { password }), 400, blocked);
    await assert.rejects(experienceClient(server.url).signIn(username, password), new RegExp(blocked));

    const { me } = await createColleague('locked_out', 'locked@example.com');
    const sent: string[] = [];
    for (let attempt = 0; attempt < 120 && !sent.includes(blocked); attempt += 1)
      sent.push((await me.post('/me/password/verify', { password: `wrong ${attempt}` })).body.code);
    assert.equal(sent.at(-1), blocked);
    assertRefused(await me.post('/me/password/verify', { password: administratorPassword }), 400, blocked);
  });

  it('keeps the passkey that is the only way to sign in, and no other', async (t) => {
    const { id, mine, withProof } = await create();
    await api.patch('/api/sign-in-exp', { passkeySignIn: { enabled: true } });
    const proved = withProof(await provePassword(mine));
    const factors = '/api/my-account/mfa-verifications';
    const addPasskey = async () => {
      const newIdentifierVerificationRecordId = await provePasskey(mine);
      await proved.post(factors, { type: 'WebAuthn', newIdentifierVerificationRecordId });
    };
    await addPasskey();
    await api.put(`/api/users/${id}/identities/acme`, { userId: 'replaced' });
    // As of an administrator who was created with a passkey.
    await server.tenant.db.raw('update users set password_digest = null where id = $1', [id]);
    assert.equal((await proved.delete('/api/my-account/identities/acme')).status, 204);
    const [passkey] = (await mine.get(factors)).body;
    assertRefused(await proved.delete(`${factors}/${passkey?.id}`), 400, 'account_center.identifier_required');
    await addPasskey();
    assert.equal((await proved.delete(`${factors}/${passkey?.id}`)).status, 204);
    const [rest, ...others] = (await mine.get(factors)).body;
    assert.deepEqual(others, []);
    assertRefused(await proved.delete(`${factors}/${rest?.id}`), 400, 'account_center.identifier_required');

    // A company signs the user in: a lost passkey can go.
    const company = await startCompany();
    t.after(() => company.close());
    const draft = { providerName: 'OIDC', connectorName: 'Acme', config: company.config, domains: ['acme.example'] };
    const connector = await api.post('/api/sso-connectors', draft);
    await server.tenant.db.raw(
      `insert into user_sso_identities (tenant_id, id, user_id, sso_connector_id, issuer, identity_id, created_at, updated_at)
       values ($1, 'theirs', $2, $3, 'https://acme.example', 'theirs', now(), now())`,
      [server.tenant.id, id, connector.body.id],
    );
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: false });
    assertRefused(await proved.delete(`${factors}/${rest?.id}`), 400, 'account_center.identifier_required');
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    assert.equal((await proved.delete(`${factors}/${rest?.id}`)).status, 204);
    await api.patch('/api/sign-in-exp', { passkeySignIn: { enabled: false }, singleSignOnEnabled: false });
  });

  it('keeps one way to sign in when the last two are removed at once', async () => {
    const method = { verificationCode: true, password: true, isPasswordPrimary: true };
    const signUp = { identifiers: ['email', 'phone'], password: true, verify: true };
    const methods = [
      { ...method, identifier: 'email' },
      { ...method, identifier: 'phone' },
    ];
    await post.addPhone(operator);
    await api.patch('/api/sign-in-exp', { signUp, signIn: { methods } });
    const client = experienceClient(server.url, { scope });
    for (const other of ['phone', 'social']) {
      const primaryEmail = `${other}@example.com`;
      const more = other === 'phone' ? { primaryPhone: '34600000001' } : {};
      const { id } = (await api.post('/api/users', { primaryEmail, password, ...more })).body;
      if (other === 'social') await api.put(`/api/users/${id}/identities/acme`, { userId: 'only' });
      await server.tenant.db.raw(
        `insert into trusted_devices (tenant_id, id, user_id, secret_hash, created_at, last_used_at, expires_at)
         values ($1, $2, $3, $2, now(), now(), now() + interval '1 day')`,
        [server.tenant.id, other, id],
      );
      const { access_token: token } = await client.redeem(
        await client.signIn({ type: 'email', value: primaryEmail }, password),
      );
      const mine = managerWith(server.url, token);
      const proved = managerWith(server.url, token, { 'logto-verification-id': await provePassword(mine) });
      // Without its address a user trusts no browser: that removal stops in the middle, at its row.
      const answers = await race(server.app.database, other === 'phone' ? 'users' : 'trusted_devices', [
        () => proved.delete('/api/my-account/primary-email'),
        () => proved.delete(`/api/my-account/${other === 'phone' ? 'primary-phone' : 'identities/acme'}`),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 400]);
      const refused = answers.find(({ status }) => status === 400);
      assert.equal(refused?.body.code, 'account_center.identifier_required');
    }
  });
});
