import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { folderRoutes } from '../../server/src/http/folder.ts';
import { createHttp } from '../../server/src/http/server.ts';
import type { Http } from '../../server/src/http/types.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { zip } from '../support/zip.ts';

const forAYear = 'public, max-age=31536000, immutable';
const css = `main { color: teal } ${'/* long enough to compress */'.repeat(100)}`;
const image = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(40).keys()]);

describe('Static files', () => {
  let server: TestServer;
  let api: Manager;
  /** Address, expected cache rule and content type of one file of each kind. */
  let files: [path: string, cache: string, type: string][];
  let upload: string;
  let vector: string;

  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.patch('/api/configs/sandbox', { enabled: true });
    await api.patch('/api/sign-in-exp', { customCss: css });
    const page = await (await fetch(`${server.url}/unknown-session`)).text();
    const linked = (name: string) =>
      new RegExp(`href="(/assets/${name}[^"]*)"`).exec(page)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail(name);
    upload = await send(image, 'image/png');
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>1</script>${'<g></g>'.repeat(300)}</svg>`;
    vector = await send(new TextEncoder().encode(svg), 'image/svg+xml');
    const bytes = zip([
      { name: 'index.html', content: '<!doctype html>' },
      { name: 'own.js', content: 'own();\n'.repeat(500) },
    ]);
    const ui = await uploadFile(api, '/api/sign-in-exp/default/custom-ui-assets', { bytes, name: 'ui.zip' });
    await api.patch('/api/sign-in-exp', { customUiAssets: { id: ui.body.customUiAssetId, createdAt: Date.now() } });
    const script = 'text/javascript; charset=utf-8';
    files = [
      [linked('page'), forAYear, 'text/css; charset=utf-8'],
      [linked('custom'), forAYear, 'text/css; charset=utf-8'],
      [upload, forAYear, 'image/png'],
      [vector, forAYear, 'image/svg+xml'],
      ['/own.js', 'no-cache', script],
      ['/api/reference', 'no-cache', 'text/html; charset=utf-8'],
      ['/api/reference/reference.js', 'no-cache', script],
      ['/api/reference/swagger-ui.css', 'no-cache', 'text/css; charset=utf-8'],
      ['/sandbox/phone.js', 'no-cache', script],
    ];
  });
  after(() => server.close());

  const send = async (bytes: Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
    const { body } = await uploadFile(api, '/api/user-assets', { bytes, type });
    return new URL(body.url).pathname;
  };
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.url}${path}`, { headers, method });

  // security: uploads
  it('sends a content type with nosniff, an entity tag and one of two cache rules', async () => {
    for (const [path, cache, type] of files) {
      const { status, headers } = await ask(path);
      assert.equal(status, 200, path);
      assert.equal(headers.get('content-type'), type, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('cache-control'), cache, path);
      assert.match(headers.get('etag') ?? '', /^"[\w-]{20,}"$/, path);
    }
  });

  it('returns 304 with the headers of 200 to clients that have the file', async () => {
    for (const [path, cache] of files) {
      for (const coding of ['br', 'gzip', 'identity']) {
        const accepted = { 'accept-encoding': coding };
        const first = await ask(path, accepted);
        const etag = first.headers.get('etag') ?? '';
        for (const known of [etag, `"other", W/${etag}`, '*']) {
          const again = await ask(path, { ...accepted, 'if-none-match': known });
          assert.deepEqual([again.status, await again.text()], [304, ''], `${path} ${coding} ${known}`);
          assert.equal(again.headers.get('etag'), etag);
          assert.equal(again.headers.get('cache-control'), cache);
          for (const name of ['vary', 'content-security-policy'])
            assert.equal(again.headers.get(name), first.headers.get(name), `${path} ${name}`);
        }
        assert.equal((await ask(path, { ...accepted, 'if-none-match': '"other"' })).status, 200);
      }
    }
  });

  it('answers HEAD with the headers of GET and no content', async () => {
    for (const [path] of files) {
      const whole = await ask(path, { 'accept-encoding': 'identity' });
      const head = await ask(path, { 'accept-encoding': 'identity' }, 'HEAD');
      assert.deepEqual([head.status, await head.text()], [200, ''], path);
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'vary'])
        assert.equal(head.headers.get(name), whole.headers.get(name), `${path} ${name}`);
    }
  });

  it('compresses text files, with an entity tag for each encoding and a Vary header', async () => {
    for (const [path, , type] of files) {
      const plain = await ask(path, { 'accept-encoding': 'identity' });
      const packed = await ask(path, { 'accept-encoding': 'gzip' });
      const text = await plain.text();
      assert.equal(await packed.text(), text, path);
      if (packed.headers.get('content-encoding') === null) {
        assert.ok(type === 'image/png' || text.length < 1024, path);
        continue;
      }
      assert.ok(Number(packed.headers.get('content-length')) < text.length, path);
      assert.notEqual(packed.headers.get('etag'), plain.headers.get('etag'), path);
      for (const { headers } of [plain, packed]) assert.match(headers.get('vary') ?? '', /accept-encoding/, path);
    }
    const [page = ''] = files[0] ?? [];
    for (const [accepted, chosen] of [
      ['br, gzip', 'br'],
      ['BR;q=0.5, GZip', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['*', 'br'],
      ['gzip;q=0', null],
      ['identity, br;q=0.5', null],
    ] as const)
      assert.equal(
        (await ask(page, { 'accept-encoding': accepted })).headers.get('content-encoding'),
        chosen,
        accepted,
      );
  });

  it('returns one requested range of a file, with the security headers of uploads', async () => {
    const size = image.length;
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await ask(upload, { range, ...more });
      return [answer.status, answer.headers.get('content-range'), [...new Uint8Array(await answer.arrayBuffer())]];
    };
    const bytes = [...image];
    assert.deepEqual(await part('bytes=0-7'), [206, `bytes 0-7/${size}`, bytes.slice(0, 8)]);
    assert.deepEqual(await part('bytes=40-'), [206, `bytes 40-${size - 1}/${size}`, bytes.slice(40)]);
    assert.deepEqual(await part('bytes=-3'), [206, `bytes ${size - 3}-${size - 1}/${size}`, bytes.slice(-3)]);
    for (const whole of ['bytes=0-1,4-5', 'bytes=5-1', 'bytes=x', 'lines=0-1'])
      assert.deepEqual(await part(whole), [200, null, bytes], whole);
    const etag = (await ask(upload)).headers.get('etag') ?? '';
    assert.equal((await part('bytes=0-7', { 'if-range': etag }))[0], 206);
    assert.equal((await part('bytes=0-7', { 'if-range': '"other"' }))[0], 200);
    const svg = await ask(vector, { range: 'bytes=0-3', 'accept-encoding': 'gzip' });
    assert.equal(await svg.text(), '<svg');
    assert.match(svg.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox(;|$)/);
    const outside = await ask(upload, { range: `bytes=${size}-` });
    assert.equal(outside.status, 416);
    assert.equal(outside.headers.get('content-range'), `bytes */${size}`);
    assert.notEqual(outside.headers.get('cache-control'), forAYear);
    assert.equal((await outside.json()).code, 'request.range_not_satisfiable');
  });
});

describe('Folder of built files with an index page', () => {
  let server: TestServer;
  let http: Http;
  let address: string;
  let folder: string;
  const script = 'start();\n'.repeat(300);
  before(async () => {
    server = await startServer();
    await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    folder = await mkdtemp(join(tmpdir(), 'aldaba-folder-'));
    const files: Record<string, string | Buffer> = {
      'built/index.html': '<!doctype html><base href="/console/"><script src="assets/main-BfXk2a9Z.js"></script>',
      'built/assets/main-BfXk2a9Z.js': script,
      // A build compresses better than the server would: these bytes are sent as they are.
      'built/assets/main-BfXk2a9Z.js.br': brotliCompressSync(`built ${script}`),
      'built/assets/main-BfXk2a9Z.js.gz': gzipSync(`built ${script}`),
      'built/plain.css': 'p{}'.repeat(500),
      'secret.txt': 'secret',
    };
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    http = createHttp({ tenancy: server.app.tenancy, log: createLog('silent'), trustedProxies: [] });
    const headers = { 'content-security-policy': "default-src 'self'" };
    folderRoutes(http, { root: join(folder, 'built'), path: '/console', headers, index: 'index.html' });
    address = await http.listen({ port: 0, host: '127.0.0.1' });
  });
  after(async () => {
    await http.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** As programs send them: `fetch` resolves `..` and decompresses. */
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const request = get(`${address}`, { path, headers }, async (answer) => {
        const body = Buffer.concat(await answer.toArray());
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      });
      request.on('error', reject);
    });
  const html = { accept: 'text/html' };

  it('returns the index page to browsers at every path that names no file, with the base of the tenant', async () => {
    for (const [prefix, base] of [
      ['', '/console/'],
      ['/t/acme', '/t/acme/console/'],
    ] as const) {
      for (const path of ['/console', '/console/', '/console/users/1', '/console/index.html']) {
        const { status, headers, body } = await ask(`${prefix}${path}`, html);
        assert.equal(status, 200, path);
        assert.ok(String(body).includes(`<base href="${base}">`), `${prefix}${path}: ${body}`);
        assert.equal(headers['content-type'], 'text/html; charset=utf-8');
        assert.equal(headers['cache-control'], 'no-cache');
        assert.equal(headers['content-security-policy'], "default-src 'self'");
      }
      const asset = await ask(`${prefix}/console/assets/main-BfXk2a9Z.js`);
      assert.deepEqual([asset.status, asset.headers['cache-control'], String(asset.body)], [200, forAYear, script]);
    }
  });

  it('sends the compressed files of the build, and compresses files without one', async () => {
    const built = await ask('/console/assets/main-BfXk2a9Z.js', { 'accept-encoding': 'gzip' });
    assert.deepEqual([built.headers['content-encoding'], String(gunzipSync(built.body))], ['gzip', `built ${script}`]);
    const { headers, body } = await ask('/console/plain.css', { 'accept-encoding': 'gzip' });
    assert.deepEqual([headers['content-encoding'], String(gunzipSync(body))], ['gzip', 'p{}'.repeat(500)]);
  });

  // security: file-paths
  it('returns 404 to programs for missing files, and never serves a file outside of the folder', async () => {
    for (const path of [
      '/console/nothing.js',
      '/console/assets/main-BfXk2a9Z.js.br',
      '/console/../secret.txt',
      '/console/..%2fsecret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/__proto__',
    ]) {
      const { status, body } = await ask(path);
      assert.equal(status, 404, path);
      assert.equal(JSON.parse(String(body)).code, 'request.not_found', path);
    }
    for (const path of ['/console/../secret.txt', '/console/..%2fsecret.txt'])
      assert.doesNotMatch(String((await ask(path, html)).body), /secret/);
  });
});
