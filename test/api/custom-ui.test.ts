import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { assertRefused, type Manager, manage, managerWith, type Reply } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { type ZipEntry, zip } from '../support/zip.ts';

const index = { name: 'index.html', content: '<!doctype html><title>Our own</title><script src="/app.js"></script>' };
const pages: ZipEntry[] = [
  index,
  { name: 'app.js', content: 'one()' },
  { name: 'assets/', mode: 0o40755 },
  { name: 'assets/index-BfXk2a9Z.js', content: 'two()' },
  { name: 'assets/deep/main.8f3e21ab.css', content: 'p{}' },
  { name: 'logo-version2.svg', content: '<svg xmlns="http://www.w3.org/2000/svg"/>' },
  { name: 'a word and ü.txt', content: 'text' },
  { name: 'LICENSE', content: 'free' },
];

describe('Custom sign-in pages', () => {
  let server: TestServer;
  let api: Manager;
  let acme: Tenant;
  let acmeApi: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    acmeApi = await manage(server, acme);
  });
  after(() => server.close());
  afterEach(async () => {
    for (const each of [api, acmeApi]) await each.patch('/api/sign-in-exp', { customUiAssets: null, customUiCsp: {} });
  });

  const upload = (entries: readonly ZipEntry[], by = api): Promise<Reply> =>
    uploadFile(by, '/api/sign-in-exp/default/custom-ui-assets', { bytes: zip(entries), name: 'ui.zip' });
  const wear = async (entries = pages, by = api): Promise<string> => {
    const { status, body } = await upload(entries, by);
    assert.equal(status, 200, JSON.stringify(body));
    const id: string = body.customUiAssetId;
    const change = await by.patch('/api/sign-in-exp', { customUiAssets: { id, createdAt: Date.now() } });
    assert.equal(change.status, 200, JSON.stringify(change.body));
    assert.equal(change.body.customUiAssets.id, id);
    return id;
  };
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers });
  const html = { accept: 'text/html' };
  const title = async (path: string) => /<title>([^<]*)/.exec(await (await get(path, html)).text())?.[1];

  it('replaces the hosted pages at every sign-in URL and at unknown URLs in a browser, until switched off', async () => {
    await wear();
    for (const path of ['/sign-in?app_id=demo-app', '/register', '/continue', '/forgot-password', '/callback/x?code=1'])
      assert.equal(await title(path), 'Our own', path);
    for (const path of ['/sign-in/password', '/sign-in/elsewhere']) assert.equal(await title(path), 'Our own', path);
    assert.equal(await title('/'), 'Our own');
    assert.equal((await get('/nowhere.png', { accept: 'image/*' })).status, 404);
    await api.patch('/api/sign-in-exp', { customUiAssets: null });
    const { get: open } = await visit(server);
    assert.match(await (await open('/sign-in?app_id=demo-app')).text(), /name="password"/);
    assert.equal((await get('/sign-in/elsewhere', html)).status, 404);
    assert.equal((await get('/app.js')).status, 404);
  });

  // security: custom-pages
  it('does not serve custom pages at undefined paths of the protocol and the APIs, where programs may call', async () => {
    const taken = ['oidc/token', 'OIDC/token', 'oidc/x/index.html', 'api/nothing', '.well-known/openid-configuration'];
    await wear([...pages, ...taken.map((name) => ({ name, content: '{"forged":true}' }))]);
    for (const path of taken)
      for (const headers of [html, {}]) assert.equal((await get(`/${path}`, headers)).status, 404, path);
  });

  // security: custom-pages
  it('does not replace the protocol, the APIs and the pages outside of sign-in', async () => {
    await wear([...pages, { name: 'api/status', content: 'x' }, { name: 'oidc/jwks', content: 'x' }]);
    assert.equal((await get('/api/status', html)).status, 204);
    assert.ok('keys' in (await (await get('/oidc/jwks', html)).json()));
    for (const path of ['/api/nothing', '/oidc/nothing'])
      assert.equal((await (await get(path, html)).json()).code, 'request.not_found', path);
    for (const path of ['/demo-app', '/consent', '/setup', '/unknown-session'])
      assert.notEqual(await title(path), 'Our own', path);
    const demo = await (await get('/demo-app')).text();
    const script = /src="(\/assets\/[^"]+)"/.exec(demo)?.[1] ?? '';
    assert.equal((await get(script)).status, 200, 'a script of our pages');
  });

  it('serves files by the type of their names, and as immutable only if the name changes with the content', async () => {
    await wear();
    const forGood = 'public, max-age=31536000, immutable';
    const expected: [path: string, type: string, cache: string][] = [
      ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
      ['/register', 'text/html; charset=utf-8', 'no-cache'],
      ['/app.js', 'text/javascript; charset=utf-8', 'no-cache'],
      ['/assets/index-BfXk2a9Z.js', 'text/javascript; charset=utf-8', forGood],
      ['/assets/deep/main.8f3e21ab.css', 'text/css; charset=utf-8', forGood],
      ['/logo-version2.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
      ['/a%20word%20and%20%C3%BC.txt', 'text/plain; charset=utf-8', 'no-cache'],
      ['/LICENSE', 'application/octet-stream', 'no-cache'],
    ];
    for (const [path, type, cache] of expected) {
      const { status, headers } = await get(path);
      assert.deepEqual([status, headers.get('content-type'), headers.get('cache-control')], [200, type, cache], path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      const again = await get(path, { 'if-none-match': `"other", ${headers.get('etag')}` });
      assert.deepEqual([again.headers.get('cache-control'), await again.text()], [cache, '']);
      assert.equal(again.status, 304, path);
      assert.equal((await get(path, { 'if-none-match': '"other"' })).status, 200);
    }
    const before = (await get('/sign-in')).headers.get('etag') ?? '';
    await wear([{ ...index, content: `${index.content} changed` }]);
    assert.match(await (await get('/sign-in', { 'if-none-match': before })).text(), /changed/);
    const head = await fetch(`${server.url}/sign-in`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  it('compresses custom pages for clients that accept it, if that saves bytes', async () => {
    const long = 'const answer = 42;\n'.repeat(1000);
    const png = `\x89PNG${'\0'.repeat(5000)}`;
    await wear([index, { name: 'long.js', content: long }, { name: 'logo.png', content: png }]);
    const lengths = async (path: string, accepted: string) => {
      const response = await get(path, { 'accept-encoding': accepted });
      const { headers } = response;
      return [headers.get('content-encoding'), Number(headers.get('content-length')), await response.text()] as const;
    };
    const [coding, length, text] = await lengths('/long.js', 'br, gzip');
    assert.deepEqual([coding, text], ['gzip', long]);
    assert.ok(length < 1000, String(length));
    for (const accepted of ['identity', 'gzip;q=0', ''])
      assert.deepEqual(await lengths('/long.js', accepted), [null, long.length, long], accepted);
    assert.equal((await lengths('/logo.png', 'gzip'))[0], null);
    assert.equal((await lengths('/index.html', 'gzip'))[0], null);
  });

  // security: custom-pages
  it('runs scripts of the pages’ own origin and of the sources that the tenant allows', async () => {
    await wear();
    const policy = async () => (await get('/sign-in')).headers.get('content-security-policy') ?? '';
    const plain = await policy();
    assert.match(plain, /script-src 'self'; connect-src 'self';/);
    assert.match(plain, /frame-ancestors 'none'/);
    const customUiCsp = { scriptSrc: ['https://cdn.example.com'], connectSrc: ['wss://live.example.com'] };
    await api.patch('/api/sign-in-exp', { customUiCsp });
    assert.match(
      await policy(),
      /script-src 'self' https:\/\/cdn\.example\.com; connect-src 'self' wss:\/\/live\.example/,
    );
    // A script of a service, such as a captcha, shows frames of its own source.
    assert.match(await policy(), /frame-src 'self' https:\/\/cdn\.example\.com;/);
    const wrong = ["'unsafe-inline'", 'https://a.example; object-src *', 'https://a.example;sandbox', 'a,*', 'a b'];
    for (const source of wrong)
      assert.equal((await api.patch('/api/sign-in-exp', { customUiCsp: { scriptSrc: [source] } })).status, 400, source);
  });

  // security: custom-pages
  it('leaves nothing in a browser after custom pages are switched off', async () => {
    await wear();
    assert.equal((await get('/app.js', { 'service-worker': 'script' })).status, 404);
  });

  // security: custom-pages
  it('shows, finds and uses custom pages only in their own tenant', async () => {
    const id = await wear();
    for (const path of ['/app.js', '/assets/index-BfXk2a9Z.js', '/index.html', '/sign-in/elsewhere'])
      assert.equal((await get(`/t/acme${path}`, html)).status, 404, path);
    assert.notEqual(await title('/t/acme/sign-in'), 'Our own');
    const change = { customUiAssets: { id, createdAt: 1 } };
    assertRefused(await acmeApi.patch('/api/sign-in-exp', change), 422, 'custom_ui.not_found');
    await wear([{ name: 'index.html', content: '<title>Acme’s own</title>' }], acmeApi);
    assert.equal(await title('/t/acme/sign-in'), 'Acme’s own');
    assert.equal(await title('/sign-in'), 'Our own');
    assert.equal((await get('/t/acme/app.js')).status, 404);
  });

  // security: file-paths, archives
  it('accepts custom pages only as a valid archive from an operator', async () => {
    const refused = async (entries: readonly ZipEntry[], code: string) =>
      assertRefused(await upload(entries), 400, code);
    for (const name of ['../evil.js', 'a/../../evil.js', '/etc/passwd', 'C:/x', 'a\\..\\b', 'a//b', './x', 'x\0y'])
      await refused([index, { name }], 'custom_ui.path_not_allowed');
    await refused([index, { name: 'link', content: '/etc/passwd', mode: 0o120777 }], 'custom_ui.link_not_allowed');
    await refused([index, { name: 'pipe', mode: 0o010644 }], 'custom_ui.link_not_allowed');
    await refused([{ ...index, name: 'dist/index.html' }], 'custom_ui.index_missing');
    await refused([], 'custom_ui.index_missing');
    await refused([index, index], 'custom_ui.archive_invalid');
    const many = Array.from({ length: 1000 }, (_, number) => ({ name: `${number}.txt` }));
    await refused([index, ...many], 'custom_ui.too_many_files');
    const path = '/api/sign-in-exp/default/custom-ui-assets';
    const bytes = new TextEncoder().encode('PK\x03\x04 no archive');
    assertRefused(await uploadFile(api, path, { bytes }), 400, 'custom_ui.archive_invalid');
    const anonymous = managerWith(server.url, '');
    assertRefused(await upload(pages, anonymous), 401, 'auth.authorization_header_missing');
    const large = new Uint8Array(20_971_521);
    assertRefused(await uploadFile(api, path, { bytes: large }), 400, 'guard.file_size_exceeded');
  });

  // security: archives
  it('limits the unpacked size of custom pages, whatever the archive declares', async () => {
    const zeros = new Uint8Array(19 * 1_048_576);
    const large = ['a', 'b', 'c'].map((name) => ({ name, content: zeros }));
    assertRefused(await upload([index, ...large]), 400, 'custom_ui.too_large');
    const single = { name: 'a', content: new Uint8Array(20 * 1_048_576 + 1) };
    assertRefused(await upload([index, single]), 400, 'custom_ui.file_too_large');
    const liars = [{ claimedSize: 10 }, { claimedSize: zeros.length + 1 }, { claimedCrc: 1 }];
    for (const lie of liars)
      assertRefused(await upload([index, { name: 'a', content: zeros, ...lie }]), 400, 'custom_ui.archive_invalid');
    const rows = await server.tenant.db.raw<{ files: { path: string }[] }>('select files from custom_ui_assets');
    assert.ok(rows.every(({ files }) => files.every(({ path }) => path !== 'a')));
  });

  it('keeps replaced pages for a while so that an operator can restore them, and active pages permanently', async () => {
    const worn = await wear();
    const ids: string[] = [];
    for (let count = 0; count < 11; count += 1) ids.push((await upload([index])).body.customUiAssetId);
    assert.equal(await title('/sign-in'), 'Our own');
    const back = (id = '') => api.patch('/api/sign-in-exp', { customUiAssets: { id, createdAt: 1 } });
    assertRefused(await back(ids[0]), 422, 'custom_ui.not_found');
    assert.equal((await back(ids[1])).status, 200);
    assert.equal((await back(worn)).status, 200);
    assert.equal((await get('/app.js')).status, 200);
  });

  it('keeps pages that an operator restores while another one uploads', async () => {
    await api.post('/api/users', { username: 'Ana' });
    const ids: string[] = [];
    for (let count = 0; count < 10; count += 1) ids.push((await upload([index])).body.customUiAssetId);
    const [oldest] = ids;
    // The change has checked that the pages exist, and waits for users.
    const customUiAssets = { id: oldest, createdAt: 1 };
    const restore = () => api.patch('/api/sign-in-exp', { customUiAssets, usernamePolicy: { caseSensitive: false } });
    const [restored, uploaded] = await race<Reply<unknown>>(server.app.database, 'users', [
      restore,
      () => upload([index]),
    ]);
    assert.deepEqual([restored?.status, uploaded?.status], [200, 200]);
    assert.equal(await title('/sign-in'), 'Our own');
  });
});
