import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Operator CSS', () => {
  let server: TestServer;
  let api: Manager;
  let acme: { baseUrl: string };
  let acmeApi: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const tenant = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    acme = tenant;
    acmeApi = await manage(server, tenant);
  });
  after(() => server.close());

  const redirectUri = 'https://app.example.com/callback';
  const create = async (customCss: string) => {
    const { body } = await api.post('/api/applications', {
      name: 'App',
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri] },
    });
    await api.put(`/api/applications/${body.id}/sign-in-experience`, { customCss });
    return body.id as string;
  };
  const write = (customCss: string | null, manager = api) => manager.patch('/api/sign-in-exp', { customCss });
  const origin = () => new URL(server.url).origin;
  /** Address of the operator's sheet on a page, where it has one. */
  const sheetOf = (html: string): string | undefined => {
    const path = /<link rel="stylesheet" href="([^"]*\/custom\.[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    return path === undefined ? undefined : `${origin()}${path}`;
  };
  const sheetAt = async (url: string) => sheetOf(await (await fetch(url)).text());
  const sheetOfSignIn = async (clientId: string, extra: Record<string, string> = {}) => {
    const agent = createAgent();
    const begun = await agent.fetch(authorization({ endpoint: server.url, clientId, redirectUri, extra }).url);
    return sheetOf(await (await agent.fetch(`${server.url}${begun.headers.get('location')}`)).text());
  };
  const read = async (url: string | undefined) => (await fetch(url ?? '')).text();

  it('serves operator CSS as an immutable file, linked from pages once it is set', async () => {
    const page = `${server.url}/unknown-session`;
    await write(null);
    assert.equal(await sheetAt(page), undefined);
    await write('');
    assert.equal(await sheetAt(page), undefined);
    const css = 'main::before { content: "ñ </style>" }';
    await write(css);
    const html = await (await fetch(page)).text();
    assert.doesNotMatch(html, /::before/, 'nothing of it is in the page');
    const sheet = await fetch(sheetOf(html) ?? '');
    assert.equal(sheet.status, 200);
    assert.equal(await sheet.text(), css);
    assert.equal(sheet.headers.get('content-type'), 'text/css; charset=utf-8');
    assert.equal(sheet.headers.get('x-content-type-options'), 'nosniff');
    assert.match(sheet.headers.get('cache-control') ?? '', /immutable/);
    const plain = await fetch(sheet.url, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.equal(await plain.text(), css);
  });

  it('serves changed CSS at a new URL, and makes responses at the old URL uncacheable', async () => {
    const page = `${server.url}/unknown-session`;
    await write('main { color: red }');
    const before = await sheetAt(page);
    await write('main { color: blue }');
    const now = await sheetAt(page);
    assert.notEqual(now, before);
    const late = await fetch(before ?? '');
    assert.equal(await late.text(), 'main { color: blue }');
    assert.equal(late.headers.get('cache-control'), 'no-store');
    await write(null);
    assert.equal((await fetch(now ?? '')).status, 404);
  });

  it('takes the CSS from the organization, else the application, else the tenant', async () => {
    await write('/* tenant */');
    const [dressed, plain] = [await create('/* application */'), await create('')];
    const add = async (customCss: string | null) =>
      (await api.post('/api/organizations', { name: 'Org', customCss })).body.id as string;
    const [styled, bare] = [await add('/* organization */'), await add(null)];
    assert.equal(await read(await sheetOfSignIn(plain)), '/* tenant */');
    assert.equal(await read(await sheetOfSignIn(dressed)), '/* application */');
    assert.equal(await read(await sheetOfSignIn(dressed, { organization_id: bare })), '/* application */');
    assert.equal(await read(await sheetOfSignIn(dressed, { organization_id: styled })), '/* organization */');
    assert.equal(await read(await sheetOfSignIn(plain, { organization_id: styled })), '/* organization */');
  });

  // security: escaping
  it('never serves operator CSS to another tenant', async () => {
    await write(null, acmeApi);
    await write('/* default */');
    const id = await create('/* application */');
    const { body: organization } = await api.post('/api/organizations', { name: 'O', customCss: '/* organization */' });
    const { pathname, search } = new URL((await sheetOfSignIn(id, { organization_id: organization.id })) ?? '');
    assert.equal((await fetch(`${acme.baseUrl}${pathname}${search}`)).status, 404);
    assert.equal(await sheetAt(`${acme.baseUrl}/unknown-session`), undefined);
    await write('/* acme */', acmeApi);
    assert.equal(await read(`${acme.baseUrl}${pathname}${search}`), '/* acme */');
    const own = await sheetAt(`${acme.baseUrl}/unknown-session`);
    assert.ok(own?.startsWith(`${acme.baseUrl}/assets/`), own);
    assert.equal(await read(own), '/* acme */');
  });

  it('does not apply operator CSS to the setup page, its errors and the demo app', async () => {
    await write('main { display: none }');
    assert.ok(await sheetAt(`${server.url}/unknown-session`));
    const admin = await server.app.tenancy.get('admin');
    await write('main { display: none }', await manage(server, admin));
    assert.ok(await sheetAt(`${admin.baseUrl}/unknown-session`));
    const form = await (await fetch(await server.app.createAdminLink())).text();
    assert.match(form, /view-setup/);
    assert.equal(sheetOf(form), undefined);
    for (const path of ['/setup', '/setup?token=wrong', '/demo-app'])
      assert.equal(await sheetAt(`${server.url}${path}`), undefined, path);
  });

  // security: escaping
  it('does not apply operator CSS to pages that carry a code in a form', async () => {
    await write('input[value^="a"] { background: url(https://img.test/a) }');
    const extra = { response_mode: 'form_post', prompt: 'none' };
    const { url } = authorization({ endpoint: server.url, clientId: await create('/* app */'), redirectUri, extra });
    const html = await (await fetch(url)).text();
    assert.match(html, /<form[^>]* action="https:\/\/app\.example\.com\/callback"/);
    assert.equal(sheetOf(html), undefined);
  });

  it('handles malformed CSS names and queries without an internal error', async () => {
    await write('/* tenant */');
    const hash = '0'.repeat(32);
    for (const [path, status] of [
      [`/assets/custom.${hash}.css?app_id=a&app_id=b`, 200],
      [`/assets/custom.${hash}.css?organization_id=${'x'.repeat(3000)}`, 200],
      [`/assets/custom.${hash}.css?app_id=%00`, 400],
      ['/assets/custom.0.css', 404],
      ['/assets/custom.css', 404],
    ] as const)
      assert.equal((await fetch(`${server.url}${path}`)).status, status, path);
  });
});
