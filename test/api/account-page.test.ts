import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AccountVisitor,
  accountVisitorOf,
  editableFields,
  hiddenField,
  visitAccount,
} from '../support/account-visitor.ts';
import { createAgent } from '../support/agent.ts';
import type { MovableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import type { TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp-app.ts';

const password = 'correct horse battery 7';

describe('Account page', () => {
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
    await open();
    await api.patch('/api/sign-in-exp', { mfa: { policy: 'NoPrompt', factors: ['Totp', 'WebAuthn', 'BackupCode'] } });
  });
  after(() => post?.close());

  const open = (fields: Record<string, string> = {}) =>
    api.patch('/api/account-center', { enabled: true, fields: { ...editableFields, ...fields } });
  let number = 0;
  const create = async (more: object = {}) => {
    number += 1;
    const name = `page_person_${number}`;
    const { body } = await api.post('/api/users', { username: name, password, ...more });
    return { id: body.id as string, name, page: await visitAccount(server.url, name, password) };
  };
  const locationOf = (answer: Response) => {
    assert.equal(answer.status, 303);
    return answer.headers.get('location') ?? '';
  };
  const userOf = async (id: string) => (await api.get(`/api/users/${id}`)).body;
  const logsOf = async (id: string, key: string) =>
    (await api.get(`/api/logs?userId=${id}&logKey=${key}`)).body.map(
      (entry: { payload: { result: string; params?: { field?: string } } }) => entry.payload,
    );
  const leadsToProof = (answer: Response, next: string) =>
    assert.equal(locationOf(answer), `/account/proof?next=${encodeURIComponent(next)}`);

  it('leads to the sign-in and back to the part that was asked for', async () => {
    const visitor = accountVisitorOf(server.url, createAgent());
    const address = new URL(locationOf(await visitor.get('/factors')));
    assert.deepEqual(
      ['client_id', 'redirect_uri', 'state'].map((name) => address.searchParams.get(name)),
      ['account-center', `${server.url}/account`, 'factors'],
    );
    const authorized = await visitor.agent.fetch(address.href);
    assert.equal(new URL(locationOf(authorized), server.url).pathname, '/sign-in');
    const { page } = await create();
    // The session is enough: no form is shown.
    const back = new URL(locationOf(await page.agent.fetch(address.href)));
    assert.equal(back.pathname, '/account');
    assert.equal(locationOf(await page.agent.fetch(back.href)), '/account/factors');
  });

  // security: redirect-uris
  it('returns from the sign-in to its own parts alone', async () => {
    const { page } = await create();
    for (const state of ['//evil.example', 'https://evil.example', '..//evil', 'proof https://evil.example', '\\evil'])
      assert.equal(locationOf(await page.get(`?code=x&state=${encodeURIComponent(state)}`)), '/account/profile');
    assert.match(
      locationOf(await page.post('/proof', { method: 'password', password, next: '//evil.example' })),
      /^\/account\/profile\?/,
    );
  });

  it('is a friendly page while the account center is disabled, without a sign-in', async () => {
    await api.patch('/api/account-center', { enabled: false });
    const answer = await accountVisitorOf(server.url, createAgent()).get('');
    assert.deepEqual([answer.status, (await answer.text()).includes('No account page here')], [200, true]);
    const { page, id } = await create();
    assert.equal((await page.post('/profile', { 'profile.name': 'New' })).status, 200);
    assert.equal((await userOf(id)).name, null);
    await open();
  });

  it('shows and changes only what the settings of the account center open', async () => {
    const { page, id } = await create({ primaryEmail: 'limited@example.com', name: 'Ana' });
    await open({ email: 'ReadOnly', phone: 'Off', username: 'Off', name: 'ReadOnly', session: 'Off' });
    const home = await (await page.get('')).text();
    assert.ok(home.includes('limited@example.com'));
    for (const part of ['phone', 'username', 'sessions', 'applications'])
      assert.equal(home.includes(`/account/${part}"`), false, part);
    const email = await (await page.get('/email')).text();
    assert.deepEqual([email.includes('limited@example.com'), email.includes('name="address"')], [true, false]);
    assert.equal((await page.get('/phone')).status, 400);
    await page.prove(password);
    assert.equal((await page.post('/email/remove')).status, 400);
    assert.equal((await page.post('/username', { username: 'taken_over' })).status, 400);
    await page.post('/profile', { 'profile.name': 'Eve' });
    const { primaryEmail, username, name } = await userOf(id);
    assert.deepEqual([primaryEmail, username !== 'taken_over', name], ['limited@example.com', true, 'Ana']);
    await open();
  });

  it('shows no name, picture and email address that are off on the first page, but whose account it is', async () => {
    const hidden = {
      name: 'Ana Secret',
      avatar: 'https://pictures.example/ana.png',
      primaryEmail: 'secret@example.com',
    };
    const { page, name } = await create(hidden);
    const { page: nameless } = await create({ primaryEmail: 'nameless@example.com' });
    const home = async (by = page) => (await by.get('')).text();
    for (const text of Object.values({ ...hidden, primaryEmail: name })) assert.ok((await home()).includes(text), text);
    await open({ name: 'Off', avatar: 'Off', email: 'Off' });
    for (const text of Object.values(hidden)) assert.equal((await home()).includes(text), false, text);
    assert.equal((await home(nameless)).includes('nameless@example.com'), false);
    assert.ok((await home()).includes(name));
    await open();
  });

  it('sends no code, starts no visit to a provider and makes no passkey for a field that is off or read-only', async () => {
    const { page } = await create();
    await page.prove(password);
    const refusals = { Off: 'account_center.field_not_enabled', ReadOnly: 'account_center.field_not_editable' };
    for (const [control, refusal] of Object.entries(refusals)) {
      await open({ email: control, phone: control, social: control, passkey: control });
      const answers = {
        email: await page.post('/email', { address: `${control.toLowerCase()}@example.com` }),
        phone: await page.post('/phone', { address: '+34600000001' }),
        social: await page.post('/social', { connector: 'any' }),
        passkey: await page.get('/factors/passkey'),
      };
      for (const [field, answer] of Object.entries(answers)) {
        assert.equal(answer.status, 400, `${field} ${control}`);
        assert.ok((await answer.text()).includes(refusal), `${field} ${control}`);
      }
    }
    await open({ username: 'Off' });
    const username = await page.get('/username');
    assert.deepEqual([username.status, /page_person/.test(await username.text())], [400, false]);
    await open();
  });

  it('offers to add a passkey only where the settings name its field', async () => {
    const tenant = await server.app.tenancy.create({ id: 'second', name: 'Second' });
    const ofTenant = await manage(server, tenant);
    await ofTenant.patch('/api/sign-in-exp', { mfa: { policy: 'NoPrompt', factors: ['Totp', 'WebAuthn'] } });
    await ofTenant.post('/api/users', { username: 'wile', password });
    const page = await visitAccount(tenant.baseUrl, 'wile', password);
    const offered = async (fields: Record<string, string>) => {
      await ofTenant.patch('/api/account-center', { enabled: true, fields });
      await page.prove(password);
      const html = await (await page.get('/factors')).text();
      return ['totp', 'passkey'].filter((part) => html.includes(`href="/t/second/account/factors/${part}"`));
    };
    assert.deepEqual(await offered({ mfa: 'Edit' }), ['totp']);
    assert.deepEqual(await offered({ passkey: 'Edit' }), ['totp', 'passkey']);
  });

  // security: own-account
  it('asks for a proof before each sensitive change, and changes nothing without one', async () => {
    const { page, id } = await create({ primaryEmail: 'careful@example.com' });
    const before = await userOf(id);
    for (const part of [
      'username',
      'email',
      'phone',
      'password',
      'factors',
      'social',
      'sessions',
      'applications',
      'data',
    ])
      leadsToProof(await page.get(`/${part}`), part);
    leadsToProof(await page.get('/data/download'), 'data');
    const forms: [path: string, next: string, fields: Record<string, string>][] = [
      ['/username', 'username', { username: 'someone_else' }],
      ['/password', 'password', { password: 'another horse battery 8' }],
      ['/email', 'email', { address: 'other@example.com' }],
      ['/email/remove', 'email', {}],
      ['/factors/codes', 'factors/codes', { sealed: 'x' }],
      ['/factors/remove', 'factors', { id: 'x' }],
      ['/factors/at-sign-in', 'factors', { skip: 'yes' }],
      ['/social', 'social', { connector: 'x' }],
      ['/sessions/end-others', 'sessions', {}],
    ];
    for (const [path, next, fields] of forms) leadsToProof(await page.post(path, fields), next);
    const wrong = await page.post('/proof', { method: 'password', password: 'wrong', next: 'email' });
    assert.equal((await shownError(wrong)).code, 'session.invalid_credentials');
    assert.deepEqual(await userOf(id), before);
    await page.prove(password);
    assert.equal((await page.get('/email')).status, 200);
    clock.ahead += 601_000;
    leadsToProof(await page.get('/email'), 'email');
  });

  // security: own-account
  it('does not accept the proof of another user or of another browser', async () => {
    const { page, name } = await create();
    const answer = await page.post('/proof', { method: 'password', password, next: 'email' });
    const [cookie = ''] = answer.headers.getSetCookie()[0]?.split(';') ?? [];
    assert.match(cookie, /^_account\.proof=.{20}/);
    assert.match(answer.headers.getSetCookie()[0] ?? '', /Path=\/account; HttpOnly; SameSite=Lax/);
    const other = await create();
    const elsewhere = await visitAccount(server.url, name, password);
    for (const { agent } of [other.page, elsewhere]) {
      const jar = await agent.fetch(`${server.url}/account/email`, { headers: { accept: 'text/html' } });
      leadsToProof(jar, 'email');
      const stolen = await fetch(`${server.url}/account/email`, {
        redirect: 'manual',
        headers: { cookie: `${agent.cookies()}; ${cookie}` },
      });
      leadsToProof(stolen, 'email');
    }
  });

  // security: foreign-forms
  it('refuses forms of other sites and cannot be framed', async () => {
    const { page, id } = await create();
    await page.prove(password);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ]) {
      const answer = await page.post('/profile', { 'profile.name': 'Eve' }, headers);
      assert.deepEqual([answer.status, (await answer.text()).includes('request.cross_site')], [403, true]);
    }
    assert.equal((await userOf(id)).name, null);
    const { headers } = await page.get('');
    const policy = headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "script-src 'self'"])
      assert.ok(policy.includes(directive), directive);
    assert.deepEqual([headers.get('cache-control'), headers.get('referrer-policy')], ['no-store', 'same-origin']);
  });

  it('saves the profile, and takes an answer away again', async () => {
    const { page, id } = await create();
    const fields = {
      'profile.name': ' Ana María ',
      'profile.givenName': 'Ana',
      'profile.website': 'https://ana.example',
    };
    assert.equal(locationOf(await page.post('/profile', fields)), '/account/profile?notice=saved');
    const user = await userOf(id);
    assert.deepEqual(
      [user.name, user.profile.givenName, user.profile.website],
      ['Ana María', 'Ana', 'https://ana.example'],
    );
    const html = await (await page.get('/profile?notice=saved')).text();
    assert.ok(html.includes('value="Ana María"') && html.includes('Saved.'));
    await page.post('/profile', { 'profile.name': '', 'profile.givenName': '' });
    const after = await userOf(id);
    assert.deepEqual([after.name, after.profile.givenName], [null, '']);
  });

  it('takes a picture, and refuses what is none', async () => {
    const { page, id } = await create();
    const send = (bytes: Uint8Array<ArrayBuffer>) => {
      const form = new FormData();
      form.append('file', new Blob([bytes]), 'picture');
      return page.agent.fetch(`${server.url}/account/avatar`, {
        method: 'POST',
        headers: { origin: new URL(server.url).origin },
        body: form,
      });
    };
    const png = new Uint8Array(
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    );
    assert.equal(locationOf(await send(png)), '/account/profile?notice=saved');
    const { avatar } = await userOf(id);
    assert.match(avatar ?? '', /\/user-assets\//);
    const refused = await send(new TextEncoder().encode('<svg onload="alert(1)"/>'));
    assert.equal((await shownError(refused)).code, 'guard.mime_type_not_allowed');
    assert.equal((await userOf(id)).avatar, avatar);
    assert.deepEqual((await logsOf(id, 'Account.Update')).map(({ result, params }) => [result, params?.field]).sort(), [
      ['Error', 'avatar'],
      ['Success', 'avatar'],
      ['Success', 'avatar'],
    ]);
    await page.post('/avatar/remove');
    assert.equal((await userOf(id)).avatar, null);
  });

  it('sets a new password, which ends the other sessions, and tells the user by email', async () => {
    const { page, id, name } = await create({ primaryEmail: 'changer@example.com', profile: { locale: 'es' } });
    const elsewhere = await visitAccount(server.url, name, password);
    await page.prove(password);
    const refused = await page.post('/password', { password: '1' });
    assert.equal((await shownError(refused)).field, 'password');
    const next = 'another horse battery 8';
    const before = page.agent.cookies();
    assert.equal(locationOf(await page.post('/password', { password: next })), '/account/password?notice=saved');
    const stolen = await fetch(`${server.url}/account`, { headers: { cookie: before }, redirect: 'manual' });
    assert.match(locationOf(stolen), /\/oidc\/auth\?/, 'the cookie of before');
    assert.equal((await page.get('')).status, 200);
    assert.match(locationOf(await elsewhere.get('')), /\/oidc\/auth\?/);
    await visitAccount(server.url, name, next);
    await post.post.arrived('changer@example.com', /La contraseña de tu cuenta ha cambiado/);
    assert.equal(
      (await logsOf(id, 'Account.Update')).some(({ result }) => result === 'Success'),
      true,
    );
  });

  it('tells the user by email that the password was replaced at sign-in', async () => {
    await create({ primaryEmail: 'forgetful@example.com' });
    await api.patch('/api/sign-in-exp', { forgotPasswordMethods: ['EmailVerificationCode'] });
    const recovery = await visit(server);
    await recovery.post('/forgot-password', { address: 'forgetful@example.com' });
    await recovery.post('/verification-code', { code: await post.post.codeTo('forgetful@example.com') });
    const reset = await recovery.post('/forgot-password/reset', { password: 'another horse battery 8' });
    assert.match(locationOf(reset), /notice=password-changed/);
    await post.post.arrived('forgetful@example.com', /The password of your account was changed/);
  });

  it('changes the email address by a code, and tells the former one', async () => {
    const { page, id } = await create({ primaryEmail: 'former@example.com' });
    await page.prove(password);
    assert.equal(locationOf(await page.post('/email', { address: 'newer@example.com' })), '/account/email/code');
    const wrong = await page.post('/email/code', { code: '000000' });
    assert.deepEqual([(await shownError(wrong)).code, wrong.status], ['verification_code.code_mismatch', 400]);
    const code = await post.post.codeTo('newer@example.com');
    assert.equal(locationOf(await page.post('/email/code', { code })), '/account/email?notice=saved');
    assert.equal((await userOf(id)).primaryEmail, 'newer@example.com');
    await post.post.arrived('former@example.com', /email address of your account was changed/);
    // The last way to sign in stays: a password with the username is another one.
    assert.equal(locationOf(await page.post('/email/remove')), '/account/email?notice=removed');
    assert.equal((await userOf(id)).primaryEmail, null);
  });

  it('sends another code to the new address, which replaces the first', async () => {
    const { page, id } = await create({ primaryEmail: 'resender@example.com' });
    assert.equal(locationOf(await page.post('/email/code/again')), '/account/email');
    await page.prove(password);
    await page.post('/email', { address: 'resent@example.com' });
    const first = await post.post.codeTo('resent@example.com');
    assert.ok((await (await page.get('/email/code')).text()).includes('Send another code'));
    clock.ahead += 120_000;
    assert.equal(locationOf(await page.post('/email/code/again')), '/account/email/code?notice=resent');
    const second = await post.post.codeTo('resent@example.com');
    assert.notEqual((await page.post('/email/code', { code: first })).status, 303);
    assert.equal(locationOf(await page.post('/email/code', { code: second })), '/account/email?notice=saved');
    assert.equal((await userOf(id)).primaryEmail, 'resent@example.com');
  });

  // security: account-enumeration
  it('does not tell whether an address belongs to another user until its mailbox is proved', async () => {
    await create({ primaryEmail: 'somebody@example.com' });
    const { page, id } = await create();
    await page.prove(password);
    const answers = [];
    for (const address of ['somebody@example.com', 'unknown@example.com']) {
      const answer = await page.post('/email', { address });
      answers.push([answer.status, answer.headers.get('location')]);
      await post.post.codeTo(address);
    }
    assert.deepEqual(answers[0], answers[1]);
    await page.post('/email', { address: 'somebody@example.com' });
    const taken = await page.post('/email/code', { code: await post.post.codeTo('somebody@example.com') });
    assert.equal((await shownError(taken)).code, 'user.email_already_in_use');
    assert.equal((await userOf(id)).primaryEmail, null);
  });

  it('asks for the code while one waits for its answer, and for how long another one has to wait', async () => {
    const address = 'waits@example.com';
    const { page } = await create({ primaryEmail: address, primaryPhone: '34600777001' });
    const shown = async (answer: Response) => {
      const html = await answer.text();
      return [html.includes('id="code"'), /data-after="(\d+)"/.exec(html)?.[1]];
    };
    const look = async (method: string) => shown(await page.get(`/proof?next=factors&method=${method}`));
    const send = (method: string) => page.post('/proof/send', { method, next: 'factors' });
    assert.deepEqual(await look('email'), [false, undefined]);
    locationOf(await send('email'));
    clock.ahead += 12_000;
    const left = Number((await look('email'))[1]);
    assert.ok(left > 0 && left <= 18, `${left} s are left`);
    assert.deepEqual(await look('phone'), [false, undefined], 'no code was sent to the phone');
    clock.ahead += 18_000;
    assert.deepEqual(await look('email'), [true, undefined]);
    let code = await post.post.codeTo(address);
    for (let count = 1; count < 10; count += 1) {
      locationOf(await send('email'));
      code = await post.post.codeTo(address);
    }
    const refused = await send('email');
    assert.equal((await shownError(refused.clone())).code, 'request.message_rate_limited');
    assert.equal((await shown(refused))[0], true, 'the code of before still counts');
    locationOf(await page.post('/proof', { method: 'email', next: 'factors', code }));
    assert.deepEqual(await look('email'), [false, undefined], 'a used code is asked for no more');
  });

  it('proves the ownership by a code to an address of the account, and by an authenticator app', async () => {
    const { page, id } = await create({ primaryEmail: 'codes@example.com' });
    const sent = locationOf(await page.post('/proof/send', { method: 'email', next: 'factors' }));
    assert.match(sent, /^\/account\/proof\?next=factors&method=email$/);
    const html = await (await page.agent.fetch(`${server.url}${sent}`)).text();
    assert.deepEqual([html.includes('c****@example.com'), html.includes('codes@example.com')], [true, false]);
    const code = await post.post.codeTo('codes@example.com');
    assert.equal((await page.post('/proof', { method: 'email', next: 'factors', code: '1234567' })).status, 400);
    assert.match(
      locationOf(await page.post('/proof', { method: 'email', next: 'factors', code })),
      /^\/account\/factors\?/,
    );

    const app = await (await page.get('/factors/totp')).text();
    const sealed = hiddenField(app, 'sealed');
    const secret = /id="secret">(.*?)<\/code>/.exec(app)?.[1]?.replaceAll(/<\/?span>/g, '') ?? '';
    const again = await page.post('/factors/totp', { sealed, code: '000000' });
    assert.equal(again.status, 400);
    assert.ok((await again.text()).includes(sealed));
    const added = await page.post('/factors/totp', { sealed, code: totpCode(secret, clock.now()) });
    assert.equal(locationOf(added), '/account/factors?notice=saved');
    await post.post.arrived('codes@example.com', /second factor or passkey was added/);

    const codesPage = await (await page.get('/factors/codes')).text();
    assert.equal(
      locationOf(await page.post('/factors/codes', { sealed: hiddenField(codesPage, 'sealed') })),
      '/account/factors?notice=saved',
    );
    const { body: factors } = await api.get(`/api/users/${id}/mfa-verifications`);
    assert.deepEqual(factors.map(({ type }: { type: string }) => type).sort(), ['BackupCode', 'Totp']);

    clock.ahead += 700_000;
    leadsToProof(await page.get('/factors'), 'factors');
    const wrong = await page.post('/proof', { method: 'authenticator', code: '000000', next: 'factors' });
    assert.equal((await shownError(wrong)).code, 'session.mfa.invalid_totp_code');
    const right = await page.post('/proof', {
      method: 'authenticator',
      code: totpCode(secret, clock.now()),
      next: 'factors',
    });
    assert.match(locationOf(right), /^\/account\/factors\?/);
    const totp = factors.find(({ type }: { type: string }) => type === 'Totp');
    assert.equal(
      locationOf(await page.post('/factors/remove', { id: totp?.id ?? '' })),
      '/account/factors?notice=removed',
    );
    assert.deepEqual((await api.get(`/api/users/${id}/mfa-verifications`)).body, []);
    await post.post.arrived('codes@example.com', /second factor or passkey was removed/);
  });

  // security: own-account
  it('changes nothing of another user, whatever ids a form names', async () => {
    const victim = await create();
    const { page } = await create();
    await page.prove(password);
    const [session] = (await api.get(`/api/users/${victim.id}/sessions`)).body.sessions;
    const { body: factor } = await api.post(`/api/users/${victim.id}/mfa-verifications`, { type: 'Totp' });
    assert.equal(factor.type, 'Totp');
    const [listed] = (await api.get(`/api/users/${victim.id}/mfa-verifications`)).body;
    const [grant] = (await api.get(`/api/users/${victim.id}/grants`)).body.grants;
    assert.equal((await page.post('/sessions/end', { id: session.payload.uid })).status, 404);
    assert.equal((await page.post('/factors/remove', { id: listed.id })).status, 404);
    assert.equal((await page.post('/factors/rename', { id: listed.id, name: 'mine' })).status, 404);
    assert.equal((await page.post('/applications/remove', { id: grant.id })).status, 400);
    assert.equal((await page.post('/social/remove', { id: 'github' })).status, 404);
    assert.equal((await api.get(`/api/users/${victim.id}/sessions`)).body.sessions.length, 1);
    assert.equal((await api.get(`/api/users/${victim.id}/mfa-verifications`)).body.length, 1);
    assert.equal((await api.get(`/api/users/${victim.id}/grants`)).body.grants.length, 1);
  });

  it('lists sessions and applications, and ends them', async () => {
    const { page, id, name } = await create();
    const elsewhere: AccountVisitor[] = [];
    for (let count = 0; count < 3; count += 1) elsewhere.push(await visitAccount(server.url, name, password));
    await page.prove(password);
    const html = await (await page.get('/sessions')).text();
    assert.equal(html.match(/This browser/g)?.length, 1);
    const [uid] = [...html.matchAll(/name="id" value="([^"]+)"/g)].map(([, found]) => found ?? '');
    assert.equal(locationOf(await page.post('/sessions/end', { id: uid ?? '' })), '/account/sessions?notice=ended');
    assert.equal((await api.get(`/api/users/${id}/sessions`)).body.sessions.length, 3);
    await page.post('/sessions/end-others');
    assert.equal((await api.get(`/api/users/${id}/sessions`)).body.sessions.length, 1);
    assert.equal((await page.get('')).status, 200);
    for (const { get } of elsewhere) assert.match(locationOf(await get('')), /\/oidc\/auth\?/);
    const applications = await (await page.get('/applications')).text();
    assert.ok(applications.includes('Demo app'));
    const grant = hiddenField(applications, 'id');
    assert.equal(
      locationOf(await page.post('/applications/remove', { id: grant })),
      '/account/applications?notice=removed',
    );
    assert.deepEqual((await api.get(`/api/users/${id}/grants`)).body.grants, []);
  });

  it('gives the user the own data as a file, without secrets', async () => {
    const { page, id } = await create({ primaryEmail: 'data@example.com', customData: { plan: 'pro' } });
    await api.post(`/api/users/${id}/mfa-verifications`, { type: 'Totp' });
    await page.prove(password);
    const answer = await page.get('/data/download');
    assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="account.json"');
    const text = await answer.text();
    const data = JSON.parse(text);
    assert.deepEqual(
      [data.account.primaryEmail, data.account.customData, data.secondFactors.length, data.sessions.length],
      ['data@example.com', { plan: 'pro' }, 1, 1],
    );
    assert.equal(/secret|passwordEncrypted|digest/i.test(text), false);
    assert.equal((await logsOf(id, 'Account.Export')).length, 1);
  });

  // security: social-linking
  it('links a social account for the browser that left for the provider alone, and unlinks it', async () => {
    const connectorId = await post.operator.connectWechat();
    const { appId } = post.operator.wechatApp;
    const { page, id } = await create({ primaryEmail: 'linker@example.com' });
    await page.prove(password);
    const leaveFor = async () => {
      const address = locationOf(await page.post('/social', { connector: connectorId }));
      const code = await post.operator.approveAtWechat({ appId, persona: 'mei', outcome: 'success' });
      return { code, state: new URLSearchParams(address.slice(address.indexOf('?'))).get('state') ?? '' };
    };
    const back = (visitor: AccountVisitor, answer: Record<string, string>) =>
      visitor.get(`/callback/social/${connectorId}?${new URLSearchParams(answer)}`);
    const first = await leaveFor();
    const { page: stranger } = await create();
    await stranger.prove(password);
    assert.equal((await back(stranger, first)).status, 404);
    assert.equal((await back(page, { ...first, state: 'another' })).status, 404);
    assert.deepEqual((await userOf(id)).identities, {});
    assert.equal(locationOf(await back(page, await leaveFor())), '/account/social?notice=saved');
    assert.ok((await userOf(id)).identities.wechat);
    await post.post.arrived('linker@example.com', /social account was linked/);
    assert.equal(locationOf(await page.post('/social/remove', { id: 'wechat' })), '/account/social?notice=removed');
    assert.deepEqual((await userOf(id)).identities, {});
    await post.post.arrived('linker@example.com', /social account was unlinked/);
  });

  // security: tenant-isolation
  it('is of each tenant by itself, below its own path', async () => {
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const manager = await manage(server, acme);
    const { page: foreign } = await create();
    const closed = await foreign.agent.fetch(`${acme.baseUrl}/account`);
    assert.deepEqual([closed.status, (await closed.text()).includes('Acme')], [200, true]);
    await manager.patch('/api/account-center', { enabled: true, fields: editableFields });
    assert.match(locationOf(await foreign.agent.fetch(`${acme.baseUrl}/account`)), /\/t\/acme\/oidc\/auth\?/);
    await manager.post('/api/users', { username: 'acme_person', password });
    const page = await visitAccount(acme.baseUrl, 'acme_person', password);
    const home = await (await page.get('')).text();
    assert.ok(home.includes('href="/t/acme/account/profile"'));
    assert.equal(locationOf(await page.get('/email')), '/t/acme/account/proof?next=email');
    await page.prove(password);
    assert.equal((await page.get('/email')).status, 200);
  });

  it('is in the language that the user chose', async () => {
    const { page, id } = await create();
    await page.post('/language', { language: 'es' });
    assert.equal((await userOf(id)).profile.locale, 'es');
    const answer = await page.get('');
    assert.equal(answer.headers.get('content-language'), 'es');
    assert.ok((await answer.text()).includes('Dónde has iniciado sesión'));
  });

  it('removes the answers that the user empties, and nothing that it does not ask for or cannot show', async () => {
    const part = (name: string) => ({ name, type: 'Text', enabled: true, required: false });
    const format = 'dd/MM/yyyy';
    const fields = [
      { name: 'company', type: 'Text', config: {} },
      { name: 'team', type: 'Number', config: {} },
      { name: 'birthdate', type: 'Date', config: { format } },
      { name: 'hired', type: 'Date', config: { format } },
      { name: 'address', type: 'Address', config: { parts: [part('locality')] } },
    ];
    for (const field of fields)
      await api.post('/api/custom-profile-fields', { ...field, label: field.name, required: false });
    const { page, id } = await create({
      profile: { birthdate: '31/12/1990', address: { locality: 'Oslo', postalCode: '0150' } },
      customData: { company: 'Acme', team: 7, hired: 'in 2020', plan: 'pro' },
    });
    const shown = await (await page.get('/profile')).text();
    assert.match(shown, /<input type="date"[^>]* name="profile.birthdate"[^>]* value="1990-12-31"/);
    assert.match(shown, /<input type="text"[^>]* name="profile.hired"[^>]* value="in 2020"/);
    const names = ['name', 'company', 'team', 'birthdate', 'hired', 'address.locality'];
    const emptied = Object.fromEntries(names.map((name) => [`profile.${name}`, '']));
    assert.equal(locationOf(await page.post('/profile', emptied)), '/account/profile?notice=saved');
    const { profile, customData } = await userOf(id);
    assert.deepEqual(profile, { birthdate: '', address: { postalCode: '0150' } });
    assert.deepEqual(customData, { company: null, team: null, hired: null, plan: 'pro' });
    for (const { name } of fields) await api.delete(`/api/custom-profile-fields/${name}`);
  });
});
