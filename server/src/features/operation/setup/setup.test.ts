import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAgent } from '../../../../../test/support/agent.ts';
import {
  type Authenticator,
  type Circumstances,
  createAuthenticator,
} from '../../../../../test/support/authenticator.ts';
import { authorization } from '../../../../../test/support/authorization.ts';
import { shownError, visitOf } from '../../../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../../../test/support/server.ts';

const password = 'tulips under stone';

describe('One-time setup link', () => {
  let server: TestServer;
  let offset = 0;
  before(async () => {
    server = await startServer({ world: { clock: { now: () => Date.now() + offset } } });
  });
  after(() => server?.close());
  beforeEach(() => {
    offset = 0;
  });

  const open = (link: string) => fetch(link, { headers: { accept: 'text/html' } });
  const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? '';
  const send = (link: string, fields: Record<string, string>) => {
    const address = new URL(link);
    const person = visitOf(
      { ...server, url: `${address.origin}${address.pathname.replace(/\/setup$/, '')}` },
      createAgent(),
    );
    return person.post('/setup', { token: tokenOf(link), confirmPassword: fields.password ?? '', ...fields });
  };
  const administrators = async () => {
    const admin = await server.app.tenancy.get('admin');
    const { items } = await server.app.users.list(admin.db, {}, { limit: 100, offset: 0 });
    return Promise.all(
      items.map(async ({ id, username }) => [username, await server.app.users.roleNames(admin.db, id)]),
    );
  };

  // security: default-credentials
  it('is the only credential of a server that has just started', async () => {
    const { system } = server.app.database;
    const rowsOf = async (table: string) =>
      (await system.raw<{ count: number }>(`select count(*)::integer as count from ${table}`))[0]?.count;
    for (const table of ['users', 'one_time_links', 'one_time_tokens', 'personal_access_tokens', 'scim_tokens'])
      assert.equal(await rowsOf(table), 0, table);
    for (const table of ['access_tokens', 'refresh_tokens', 'sessions', 'trusted_devices', 'verification_codes'])
      assert.equal(await rowsOf(table), 0, table);
    assert.equal(await rowsOf('application_secrets'), 0, 'no program has a secret');
    assert.equal(await rowsOf('applications where secret_sealed is not null'), 0, 'no program has a secret');
    assert.ok(await server.app.firstAdminLink());
    assert.equal(await rowsOf('one_time_links'), 1);
  });

  // security: default-credentials
  it('creates an administrator of the admin tenant, once', async () => {
    const link = (await server.app.firstAdminLink()) ?? '';
    assert.ok(link.startsWith(`${server.url}/t/admin/setup?token=`));
    assert.equal((await open(link)).status, 200);
    const done = await send(link, { username: 'root', password });
    assert.equal(done.status, 303);
    assert.equal(done.headers.get('location'), `${server.url}/console/t/default`);
    assert.deepEqual(await administrators(), [['root', ['default:admin']]]);
    assert.equal((await send(link, { username: 'second', password })).status, 404);
    const again = await open(link);
    assert.equal(again.status, 404);
    assert.match(await again.text(), /setup\.link_invalid/);
    assert.equal(await server.app.firstAdminLink(), undefined, 'no link is offered once there is an administrator');
  });

  it('signs the new administrator in to the browser that used the link', async () => {
    const agent = createAgent();
    const link = await server.app.createAdminLink();
    const fields = { token: tokenOf(link), username: 'inga', password, confirmPassword: password };
    const visit = visitOf({ ...server, url: `${server.url}/t/admin` }, agent);
    assert.equal((await visit.post('/setup', fields)).status, 303);
    const { url } = authorization({
      endpoint: `${server.url}/t/admin`,
      clientId: 'admin-console',
      redirectUri: `${server.url}/console/callback`,
      extra: { prompt: 'none' },
    });
    const answer = new URL((await agent.fetch(url)).headers.get('location') ?? '');
    assert.equal(answer.searchParams.get('error'), null);
    assert.ok(answer.searchParams.get('code'));
  });

  it('creates an administrator by email address, who signs in with it later', async () => {
    const link = await server.app.createAdminLink();
    for (const refused of ['anna@', 'anna@localhost'])
      assert.equal((await shownError(await send(link, { username: refused, password }))).field, 'username', refused);
    const repeating = { username: 'margarethe@example.com', password: 'margarethe' };
    assert.equal((await shownError(await send(link, repeating))).field, 'password');
    assert.equal((await send(link, { username: ' Margarethe@Example.com', password })).status, 303);

    const again = await server.app.createAdminLink();
    const taken = await shownError(await send(again, { username: 'margarethe@example.com', password }));
    assert.deepEqual([taken.field, taken.code], ['username', 'user.email_already_in_use']);

    const admin = await server.app.tenancy.get('admin');
    const { url } = authorization({
      endpoint: admin.baseUrl,
      clientId: 'admin-console',
      redirectUri: `${server.url}/console/callback`,
    });
    const visit = visitOf({ ...server, url: admin.baseUrl }, createAgent());
    await visit.agent.fetch(url);
    const fields = { app_id: 'admin-console', username: 'MARGARETHE@example.com', password };
    assert.match((await visit.post('/sign-in', fields)).headers.get('location') ?? '', /\/oidc\/auth/);
  });

  describe('with a passkey', () => {
    const decoded = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    /** What the page asks of the browser, and what it sends back with the answer. */
    const ask = async (link: string) => {
      const html = await (await open(link)).text();
      return {
        ceremony: /name="ceremony" value="([^"]*)"/.exec(html)?.[1] ?? '',
        options: JSON.parse(decoded(/data-options="([^"]*)"/.exec(html)?.[1])),
      };
    };
    const answer = async (link: string, device: Authenticator, circumstances: Circumstances = {}) => {
      const { options, ceremony } = await ask(link);
      return { ceremony, payload: JSON.stringify(device.create(options, circumstances)) };
    };
    const newDevice = () => createAuthenticator({ origin: server.url });
    const passkeySignIn = async () => {
      const admin = await server.app.tenancy.get('admin');
      return (await server.app.signInExperiences.get(admin)).passkeySignIn;
    };

    it('creates an administrator without a password, who signs in to the Console with it later', async () => {
      assert.notEqual((await passkeySignIn()).enabled, true, 'no page offers passkeys before there is one');
      const link = await server.app.createAdminLink();
      const device = newDevice();
      const { options } = await ask(link);
      assert.equal(options.authenticatorSelection.residentKey, 'required');
      const done = await send(link, { username: 'pia', ...(await answer(link, device)) });
      assert.deepEqual([done.status, done.headers.get('location')], [303, `${server.url}/console/t/default`]);
      assert.equal(
        (await send(link, { username: 'again', ...(await answer(link, newDevice()).catch(() => ({}))) })).status,
        404,
      );
      assert.deepEqual(await passkeySignIn(), { enabled: true, showPasskeyButton: true, allowAutofill: true });

      const admin = await server.app.tenancy.get('admin');
      const visit = visitOf({ ...server, url: admin.baseUrl }, createAgent());
      const redirectUri = `${server.url}/console/callback`;
      await visit.agent.fetch(authorization({ endpoint: admin.baseUrl, clientId: 'admin-console', redirectUri }).url);
      const html = await (await visit.get('/sign-in?app_id=admin-console')).text();
      const asked = JSON.parse(decoded(/data-options="([^"]*)"/.exec(html)?.[1]));
      const fields = { app_id: 'admin-console', payload: JSON.stringify(device.get(asked)) };
      assert.match((await visit.post('/sign-in/passkey', fields)).headers.get('location') ?? '', /\/oidc\/auth/);
    });

    // security: passkey-sign-in
    it('takes only an answer to the question of this link, from a device that verified the user', async () => {
      const [link, other] = [await server.app.createAdminLink(), await server.app.createAdminLink()];
      const before = (await administrators()).length;
      const foreign = await answer(other, newDevice());
      for (const given of [
        foreign,
        { ...foreign, ceremony: (await ask(link)).ceremony },
        { ...(await answer(link, newDevice())), ceremony: 'made up' },
        await answer(link, newDevice(), { userVerified: false }),
        await answer(link, newDevice(), { origin: 'https://phish.example.com' }),
        { payload: '{}', ceremony: (await ask(link)).ceremony },
      ]) {
        const refused = await send(link, { username: 'eve', ...given });
        assert.equal((await shownError(refused)).code, 'session.mfa.webauthn_verification_failed');
      }
      assert.equal((await administrators()).length, before);
      assert.equal((await send(link, { username: 'eva', ...(await answer(link, newDevice())) })).status, 303);
    });

    it('keeps the link valid while the name has errors', async () => {
      const link = await server.app.createAdminLink();
      const refused = await send(link, { username: 'a b', ...(await answer(link, newDevice())) });
      assert.equal((await shownError(refused)).field, 'username');
      assert.equal((await send(link, { username: 'ab', ...(await answer(link, newDevice())) })).status, 303);
    });
  });

  // security: foreign-forms
  it('rejects a form of another site, which could sign a visitor in as another user', async () => {
    const link = await server.app.createAdminLink();
    const body = () =>
      new URLSearchParams({ token: tokenOf(link), username: 'eve', password, confirmPassword: password });
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}]) {
      const answer = await fetch(`${server.url}/t/admin/setup`, { method: 'POST', headers, body: body() });
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.equal((await open(link)).status, 200, 'the link was not consumed');
  });

  // security: default-credentials
  it('invalidates earlier links once the first administrator exists, even if many are used concurrently', async () => {
    const admin = await server.app.tenancy.get('admin');
    const { items } = await server.app.users.list(admin.db, {}, { limit: 100, offset: 0 });
    for (const { id } of items) await admin.db.transaction((tx) => server.app.users.remove(tx, id));
    const links = await Promise.all(Array.from({ length: 5 }, () => server.app.createAdminLink()));
    const answers = await Promise.all(
      links.slice(1).map((link, index) => send(link, { username: `first${index}`, password })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404, 404]);
    assert.equal((await administrators()).length, 1);
    assert.equal((await open(links[0] as string)).status, 404);
    // Links created later work independently.
    const later = [await server.app.createAdminLink(), await server.app.createAdminLink()];
    for (const [index, link] of later.entries())
      assert.equal((await send(link, { username: `later${index}`, password })).status, 303);
  });

  // security: single-use
  it('creates one administrator from many concurrent submissions', async () => {
    const before = (await administrators()).length;
    const link = await server.app.createAdminLink();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => send(link, { username: `race${n}`, password })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404, 404]);
    assert.equal((await administrators()).length, before + 1);
  });

  it('keeps the link valid while the form has errors', async () => {
    const link = await server.app.createAdminLink();
    for (const [fields, field] of [
      [{ username: 'a b', password }, 'username'],
      [{ username: 'anna', password: 'short' }, 'password'],
      // 11 characters: enough for a user, and 1 too few for an administrator.
      [{ username: 'anna', password: 'tulip stone' }, 'password'],
      [{ username: 'anna', password, confirmPassword: 'another' }, 'confirmPassword'],
    ] as const) {
      const answer = await send(link, fields);
      assert.ok(answer.status === 422 || answer.status === 400);
      assert.equal((await shownError(answer)).field, field);
    }
    assert.equal((await send(link, { username: 'anna', password })).status, 303);
    const taken = await server.app.createAdminLink();
    assert.equal(
      (await shownError(await send(taken, { username: 'anna', password }))).code,
      'user.username_already_in_use',
    );
    assert.equal((await send(taken, { username: 'berta', password })).status, 303);
  });

  it('expires the link after 30 minutes', async () => {
    const link = await server.app.createAdminLink();
    offset = 31 * 60_000;
    assert.equal((await open(link)).status, 404);
    assert.equal((await send(link, { username: 'late', password })).status, 404);
  });

  it('rejects a made-up, truncated or empty token, and one of another tenant', async () => {
    const link = await server.app.createAdminLink();
    const elsewhere = link.replace('/t/admin/', '/');
    for (const address of [
      `${link}x`,
      link.slice(0, -1),
      link.replace(/token=.*/, ''),
      link.replace(/token=.*/, 'token=a&token=b'),
      elsewhere,
    ]) {
      assert.equal((await open(address)).status, 404, address);
    }
    assert.equal((await send(elsewhere, { username: 'intruder', password })).status, 404);
  });

  it('stores the link as a hash', async () => {
    const token = tokenOf(await server.app.createAdminLink());
    const rows = await server.app.database.system.raw<{ token_hash: string }>('select token_hash from one_time_links');
    assert.ok(rows.length > 0 && rows.every(({ token_hash: kept }) => kept !== token));
  });
});
