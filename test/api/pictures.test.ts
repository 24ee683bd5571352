import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { editableFields } from '../support/account-visitor.ts';
import { createAgent, experienceClient } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { pngOf } from '../support/picture.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';

const password = 'correct horse battery 7';
const hour = 3_600_000;
const secret = 'taken at 40.4168N 3.7038W';
const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');

describe('Pictures of users', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    await api.patch('/api/sign-in-exp', {
      signUp: { identifiers: ['username'], password: true, verify: false },
      signIn: {
        methods: [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }],
      },
    });
    await api.post('/api/custom-profile-fields', { name: 'avatar', type: 'Url', label: '', required: true });
    await api.post('/api/custom-profile-fields', { name: 'nickname', type: 'Text', label: '', required: true });
  });
  after(() => server?.close());

  let number = 0;
  const nextName = () => {
    number += 1;
    return `painter_${number}`;
  };
  const create = async () => {
    const username = nextName();
    const { body } = await api.post('/api/users', { username, password });
    const client = experienceClient(server.url);
    const tokens = await client.redeem(await client.signIn(username, password));
    return { id: body.id as string, api: managerWith(server.url, tokens.access_token) };
  };
  const upload = (by: Manager, bytes: Uint8Array<ArrayBuffer> = pngOf({ text: secret })) =>
    uploadFile(by, '/api/my-account/user-assets/avatar', { bytes, name: 'me.png', type: 'image/png' });
  const isServed = async (url: string) => (await fetch(url)).status === 200;
  /** Runs the clean-up as it runs in so many milliseconds. */
  const sweepIn = (time: number) => server.app.userAssets.sweep(Date.now() + time, () => false);

  // security: pictures
  it('are stored without what they tell beside the picture, under names that cannot be guessed', async () => {
    const person = await create();
    const [first, second] = [await upload(person.api), await upload(person.api)];
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.match(first.body.url, /\/user-assets\/[0-9a-z]{21}$/);
    assert.notEqual(first.body.url, second.body.url);
    const answer = await fetch(first.body.url);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), pngOf({}));
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox(;|$)/);
  });

  // security: pictures
  it('are pictures: no document with scripts, nothing in disguise, nothing broken', async () => {
    const person = await create();
    const broken = pngOf({}).slice(0, 40);
    const documents = [svg, new TextEncoder().encode('<html>'), new TextEncoder().encode('%PDF-1.7'), broken];
    for (const bytes of documents) assertRefused(await upload(person.api, bytes), 400, 'guard.mime_type_not_allowed');
    const large = new Uint8Array(5 * 1024 * 1024 + 1);
    large.set(pngOf({}));
    assertRefused(await upload(person.api, large), 400, 'guard.file_size_exceeded');
    // Some bytes that a browser would unpack to gigabytes.
    const bomb = pngOf({});
    bomb.set([0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff], 16);
    assertRefused(await upload(person.api, bomb), 400, 'guard.file_size_exceeded');
  });

  // security: pictures
  it('are no longer served once their user was deleted, and are removed with the next clean-up', async () => {
    const person = await create();
    const { url } = (await upload(person.api)).body;
    await person.api.patch('/api/my-account', { avatar: url });
    assert.equal(await isServed(url), true);
    assert.equal((await api.delete(`/api/users/${person.id}`)).status, 204);
    assert.equal(await isServed(url), false);
    assert.equal(await sweepIn(0), 1);
  });

  // security: pictures
  it('are limited for each user, also when many come at once', async () => {
    const [person, other] = [await create(), await create()];
    const answers = await Promise.all(Array.from({ length: 24 }, () => upload(person.api)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(20).fill(200), ...Array(4).fill(429)]);
    assertRefused(await upload(person.api), 429, 'storage.quota_exceeded');
    assert.equal((await upload(other.api)).status, 200);
    await sweepIn(hour + 1000);
    assert.equal((await upload(person.api)).status, 200);
  });

  // security: pictures
  it('are limited for all users of a tenant together', async () => {
    const person = await create();
    await server.tenant.db.raw(
      `insert into user_assets (tenant_id, id, content_type, size, created_at, check_at)
       select $1, 'flood' || n, 'image/png', 1, now(), now() from generate_series(1, 2000) n`,
      ['default'],
    );
    assertRefused(await upload(person.api), 429, 'storage.quota_exceeded');
    await server.tenant.db.raw(
      `update user_assets set created_at = now() - interval '61 minutes' where tenant_id = $1 and id like 'flood%'`,
      ['default'],
    );
    assert.equal((await upload(person.api)).status, 200);
    await sweepIn(0);
  });

  it('are removed unless they are the avatar of their user', async () => {
    const person = await create();
    const [unused, used] = [(await upload(person.api)).body.url, (await upload(person.api)).body.url];
    await person.api.patch('/api/my-account', { avatar: used });
    await sweepIn(0);
    assert.ok(await isServed(unused), 'it may still become the avatar');
    await sweepIn(hour + 1000);
    assert.deepEqual([await isServed(unused), await isServed(used)], [false, true]);
    const logo = (await uploadFile(api, '/api/user-assets', { bytes: pngOf({}), name: 'logo.png' })).body.url;
    await sweepIn(26 * hour);
    assert.deepEqual([await isServed(used), await isServed(logo)], [true, true]);
    await api.patch(`/api/users/${person.id}`, { avatar: null });
    await sweepIn(51 * hour);
    assert.deepEqual([await isServed(used), await isServed(logo)], [false, true]);

    const leaving = await create();
    const last = (await upload(leaving.api)).body.url;
    await leaving.api.patch('/api/my-account', { avatar: last });
    await api.delete(`/api/users/${leaving.id}`);
    await sweepIn(52 * hour);
    assert.equal(await isServed(last), false);
  });

  /** A registration with the Experience API, up to the details that are missing. */
  const register = async () => {
    const agent = createAgent();
    const request = authorization({ endpoint: server.url });
    await agent.fetch(request.url);
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await agent.json(method, `${server.url}/api/experience${path}`, body);
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
    };
    const picture = async (bytes: Uint8Array<ArrayBuffer> = pngOf({ text: secret })) => {
      const form = new FormData();
      form.append('file', new Blob([bytes]), 'me.png');
      const answer = await agent.fetch(`${server.url}/api/experience/user-assets/avatar`, {
        method: 'POST',
        body: form,
      });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    };
    const begin = async () => {
      await call('PUT', '', { interactionEvent: 'Register' });
      const identifier = { type: 'username', value: nextName() };
      const proof = await call('POST', '/verification/new-password-identity', { identifier, password });
      return call('POST', '/identification', proof.body);
    };
    return { call, picture, begin };
  };

  // security: pictures
  it('can be uploaded in a registration that asks for one, where it asks', async () => {
    const person = await register();
    assertRefused(await person.picture(), 404, 'session.interaction_not_found');
    await person.call('PUT', '', { interactionEvent: 'Register' });
    assertRefused(await person.picture(), 403, 'auth.forbidden');
    assertRefused(await person.begin(), 422, 'user.missing_profile');
    assertRefused(await person.picture(svg), 400, 'guard.mime_type_not_allowed');
    const { url } = (await person.picture()).body;
    assert.deepEqual(new Uint8Array(await (await fetch(url)).arrayBuffer()), pngOf({}));
    for (let count = 0; count < 4; count += 1) assert.equal((await person.picture()).status, 200);
    assertRefused(await person.picture(), 429, 'storage.quota_exceeded');
    const values = { avatar: url, nickname: 'Ana' };
    assert.equal((await person.call('POST', '/profile', { type: 'extraProfile', values })).status, 204);
    assert.equal((await person.call('POST', '/identification', {})).status, 201);
    assert.equal((await person.call('POST', '/submit')).status, 200);
    const [user] = (await api.get(`/api/users?search.username=painter_${number}`)).body;
    assert.equal(user.avatar, url);
    await sweepIn(hour + 1000);
    assert.ok(await isServed(url), 'it belongs to the new user');
    const owners = await server.tenant.db.raw<{ owner: string; count: number }>(
      'select user_id as owner, count(*)::integer as count from user_assets where tenant_id = $1 and user_id = $2 group by 1',
      ['default', user.id],
    );
    assert.deepEqual(owners, [{ owner: user.id, count: 1 }], 'the others are gone');
  });

  // security: pictures
  it('belong to the user who registered with them, also when another one answers with their address first', async () => {
    const finish = async ({ call }: Awaited<ReturnType<typeof register>>, avatar: string) => {
      const values = { avatar, nickname: 'Ana' };
      assert.equal((await call('POST', '/profile', { type: 'extraProfile', values })).status, 204);
      assert.equal((await call('POST', '/identification', {})).status, 201);
      assert.equal((await call('POST', '/submit')).status, 200);
      return (await api.get('/api/users?page_size=1')).body[0].id as string;
    };
    const [owner, thief] = [await register(), await register()];
    assertRefused(await owner.begin(), 422, 'user.missing_profile');
    const { url } = (await owner.picture()).body;
    assertRefused(await thief.begin(), 422, 'user.missing_profile');
    const other = await finish(thief, url);
    const own = await finish(owner, url);
    await api.delete(`/api/users/${other}`);
    await sweepIn(hour + 1000);
    assert.ok(await isServed(url), 'it is not the other user’s to lose');
    await api.delete(`/api/users/${own}`);
    await sweepIn(26 * hour);
    assert.equal(await isServed(url), false);
  });

  it('are a file in the form of the pages, kept while another answer is missing', async () => {
    const person = await visit(server);
    const username = nextName();
    const first = await person.post('/register', { username, password });
    const page = new URL(first.headers.get('location') ?? '', server.url);
    assert.equal(page.pathname, '/continue');
    const html = await (await person.get(page.pathname + page.search)).text();
    assert.match(html, /<form[^>]*enctype="multipart\/form-data"/);
    assert.match(html, /<input[^>]*type="file"[^>]*required/);
    const send = (fields: Record<string, string>, bytes?: Uint8Array<ArrayBuffer>) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ app_id: 'demo-app', ...fields })) form.append(name, value);
      form.append('file', bytes ? new Blob([bytes]) : new Blob([]), bytes ? 'me.png' : '');
      return person.agent.fetch(`${server.url}/continue`, {
        method: 'POST',
        headers: { accept: 'text/html', origin: new URL(server.url).origin },
        body: form,
      });
    };
    for (const bytes of [undefined, svg]) assert.equal((await send({ 'profile.nickname': 'Ana' }, bytes)).status, 400);
    const refused = await send({ 'profile.nickname': '' }, pngOf({ text: secret }));
    assert.equal(refused.status, 400);
    const url = /name="profile\.avatar" value="([^"]+)"/.exec(await refused.text())?.[1] ?? '';
    assert.ok(await isServed(url), url);
    const done = await send({ 'profile.nickname': 'Ana', 'profile.avatar': url });
    assert.ok((await person.arrive(done)).searchParams.get('code'));
    const [user] = (await api.get(`/api/users?search.username=${username}`)).body;
    assert.deepEqual([user.avatar, user.profile.nickname], [url, 'Ana']);
  });
});
