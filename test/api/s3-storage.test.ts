import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { systemClock } from '../../server/src/kernel/clock.ts';
import type { Log } from '../../server/src/kernel/log.ts';
import { createOutbound, OutboundError } from '../../server/src/kernel/outbound.ts';
import { createS3Storage, type FileStorage } from '../../server/src/services/file-storage/index.ts';
import { rememberFiles } from '../../server/src/services/file-storage/memory.ts';
import { assertRefused, type Manager, manage, type Reply } from '../support/management.ts';
import { type S3Store, startS3Store } from '../support/s3-store.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { zip } from '../support/zip.ts';

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');

const upload = (api: Manager, bytes = png): Promise<Reply> => uploadFile(api, '/api/user-assets', { bytes });

const settings = { region: 'us-east-1', bucket: 'files', accessKeyId: 'id', secretAccessKey: 'secret', keyPrefix: '' };

/** Keeps what was logged. */
function listen(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(`${JSON.stringify(fields)} ${message}`);
  };
  return { log: { debug: write, info: write, warn: write, error: write }, lines };
}

describe('Uploads in an S3-compatible store', () => {
  let store: S3Store;
  let server: TestServer;
  let api: Manager;
  const heard = listen();
  const opened: TestServer[] = [];
  const open = async (environment: Record<string, string>): Promise<TestServer> => {
    const other = await startServer({
      environment: { ...store.environment, ...environment },
      world: { log: heard.log },
    });
    opened.push(other);
    return other;
  };

  before(async () => {
    store = await startS3Store();
    server = await open({ S3_KEY_PREFIX: 'test/files' });
    api = await manage(server);
  });
  afterEach(() => {
    store.answerWith(0, 0);
    heard.lines.length = 0;
  });
  after(async () => {
    for (const each of opened) await each.close();
    await store?.close();
  });

  const since = (start: number) => store.calls.slice(start).map(({ method, status }) => `${method} ${status}`);

  // security: upload-storage
  it('stores uploads under prefix and tenant, and serves them as safely as from the disk', async () => {
    const start = store.calls.length;
    const { status, body } = await upload(api, svg);
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.url.startsWith(`${server.url}/user-assets/`), body.url);
    const id = body.url.split('/').at(-1);
    assert.deepEqual(
      store.calls.slice(start).map(({ method, path, status: answered }) => [method, path, answered]),
      [['PUT', `/${store.bucket}/test/files/default/user-assets/${id}`, 200]],
    );
    const served = await fetch(body.url);
    assert.deepEqual(new Uint8Array(await served.arrayBuffer()), svg);
    assert.equal(served.headers.get('content-type'), 'image/svg+xml');
    assert.match(served.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox(;|$)/);
    assert.equal(served.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await fetch(`${server.url}/t/admin/user-assets/${id}`)).status, 404);
  });

  it('reports the store as ready, and applies the same upload rules', async () => {
    assert.equal((await api.get('/api/user-assets/service-status')).body.status, 'ready');
    const start = store.calls.length;
    assertRefused(await upload(api, new TextEncoder().encode('<html>')), 400, 'guard.mime_type_not_allowed');
    assert.deepEqual(since(start), []);
  });

  // security: upload-storage
  it('logs a store that rejects the signature, without the key', async () => {
    const secret = 'not-the-secret-of-this-store';
    const mistaken = await open({ S3_SECRET_ACCESS_KEY: secret });
    const refused = await upload(await manage(mistaken));
    assertRefused(refused, 500, 'storage.refused');
    assert.deepEqual(refused.body.data, undefined);
    const log = heard.lines.join('\n');
    assert.match(log, /SignatureDoesNotMatch/);
    assert.equal(log.includes(secret), false);
  });

  it('retries reads and writes if the store is busy for a moment', async () => {
    store.answerWith(503, 2);
    const start = store.calls.length;
    const { status, body } = await upload(api);
    assert.equal(status, 200);
    assert.deepEqual(since(start), ['PUT 503', 'PUT 503', 'PUT 200']);
    store.answerWith(500, 1);
    assert.deepEqual(new Uint8Array(await (await fetch(body.url)).arrayBuffer()), png);
  });

  it('fails an upload if the store is unavailable, and stores no URL of a missing file', async () => {
    const { body } = await upload(api);
    store.answerWith(503, 3);
    assert.equal((await fetch(body.url)).status, 503);
    store.answerWith(503, 3);
    assertRefused(await upload(api), 503, 'storage.unavailable');
    const away = await open({ S3_ENDPOINT: 'http://127.0.0.1:9' });
    assertRefused(await upload(await manage(away)), 503, 'storage.unavailable');
    const rows = await server.tenant.db.raw<{ id: string }>('select id from user_assets');
    for (const { id } of rows) assert.equal((await fetch(`${server.url}/user-assets/${id}`)).status, 200);
  });

  it('fails an upload without a retry if the store does not respond', async () => {
    let asked = 0;
    const files = createS3Storage({
      settings: { ...settings, endpoint: 'http://store.example.com', pathStyle: true },
      outbound: async () => {
        asked += 1;
        throw new OutboundError('time', 'store.example.com did not answer');
      },
      clock: systemClock,
      log: heard.log,
    });
    await assert.rejects(files.get({ id: 'acme' }, ['user-assets', 'one']), { code: 'storage.unavailable' });
    assert.equal(asked, 1);
  });

  it('fetches a file once for many visitors if it fits into memory', async () => {
    const { body } = await upload(api);
    const start = store.calls.length;
    for (let count = 0; count < 3; count += 1) assert.equal((await fetch(body.url)).status, 200);
    assert.deepEqual(since(start), ['GET 200']);

    const asked: string[] = [];
    const inner: FileStorage = {
      put: async () => undefined,
      get: async (tenant, [, id = '']) => {
        asked.push(`${tenant.id}/${id}`);
        return Buffer.alloc(id.startsWith('large') ? 1_048_577 : 40);
      },
      remove: async () => undefined,
      publicUrl: () => undefined,
    };
    const files = rememberFiles(inner, 100);
    const get = (id: string, tenant = 'acme') => files.get({ id: tenant }, ['user-assets', id]);
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b', 'large', 'large']) await get(id);
    assert.deepEqual(asked, ['acme/a', 'acme/b', 'acme/c', 'acme/b', 'acme/large', 'acme/large']);
    await get('b', 'other');
    await files.remove({ id: 'acme' }, ['user-assets', 'b']);
    await get('b');
    assert.deepEqual(asked.slice(6), ['other/b', 'acme/b']);
  });

  it('links uploads at the bucket’s public URL if it is set, where files with scripts are downloads', async () => {
    const published = await open({ S3_PUBLIC_URL: 'https://assets.example.com/' });
    const manager = await manage(published);
    const start = store.calls.length;
    const image = await upload(manager);
    assert.match(image.body.url, /^https:\/\/assets\.example\.com\/default\/user-assets\/[\w-]+$/);
    await upload(manager, svg);
    assert.deepEqual(
      store.calls
        .slice(start)
        .map(({ headers }) => [headers['content-type'], headers['content-disposition'], headers['cache-control']]),
      [
        ['image/png', 'inline', 'public, max-age=31536000, immutable'],
        ['image/svg+xml', 'attachment', 'public, max-age=31536000, immutable'],
      ],
    );
  });

  it('stores custom sign-in pages in the bucket, and nothing of a failed upload', async () => {
    const path = '/api/sign-in-exp/default/custom-ui-assets';
    const bytes = zip([
      { name: 'index.html', content: '<p>from the bucket</p>' },
      { name: 'app.js', content: 'one' },
    ]);
    const start = store.calls.length;
    const { body } = await uploadFile(api, path, { bytes });
    const names = store.calls.slice(start).map((call) => call.path);
    assert.equal(names.length, 2);
    for (const name of names)
      assert.match(
        name,
        new RegExp(`^/${store.bucket}/test/files/default/custom-ui/${body.customUiAssetId}/[\\w-]{43}$`),
      );
    await api.patch('/api/sign-in-exp', { customUiAssets: { id: body.customUiAssetId, createdAt: 1 } });
    const page = await fetch(`${server.url}/sign-in`);
    assert.equal(await page.text(), '<p>from the bucket</p>');
    const asked = store.calls.length;
    const again = await fetch(`${server.url}/sign-in`, {
      headers: { 'if-none-match': page.headers.get('etag') ?? '' },
    });
    assert.equal(again.status, 304);
    assert.deepEqual(since(asked), []);
    store.answerWith(503, 100);
    assertRefused(await uploadFile(api, path, { bytes }), 500, 'storage.unavailable');
    const rows = await server.tenant.db.raw<{ id: string }>('select id from custom_ui_assets');
    assert.deepEqual(rows, [{ id: body.customUiAssetId }]);
    await api.patch('/api/sign-in-exp', { customUiAssets: null });
  });

  // security: outgoing-requests, upload-storage
  it('does not make the store’s private address reachable by requests of tenants', async () => {
    const hook = await api.post('/api/hooks', {
      name: 'Inward',
      events: ['User.Created'],
      config: { url: `${store.environment.S3_ENDPOINT}/` },
    });
    assert.equal(hook.status, 201, JSON.stringify(hook.body));
    const start = store.calls.length;
    const test = { events: ['User.Created'], config: { url: `${store.environment.S3_ENDPOINT}/` } };
    assertRefused(await api.post(`/api/hooks/${hook.body.id}/test`, test), 422, 'hook.send_test_payload_failed');
    assert.deepEqual(since(start), []);
  });

  it('supports buckets named in the host, with a signature for that host', async () => {
    const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = store.environment;
    const host = 's3.example.com';
    const files = createS3Storage({
      settings: {
        ...settings,
        ...{ accessKeyId, secretAccessKey, bucket: store.bucket },
        endpoint: `http://${host}:${store.port}`,
        pathStyle: false,
      },
      outbound: createOutbound({
        allowed: [`${store.bucket}.${host}`],
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      }),
      clock: systemClock,
      log: heard.log,
    });
    const tenant = { id: 'acme' };
    const key = ['user-assets', 'one'] as const;
    const file = { key, bytes: Buffer.from(png), contentType: 'image/png', disposition: 'inline' as const };
    await files.put(tenant, file);
    assert.equal(store.calls.at(-1)?.headers.host, `${store.bucket}.${host}:${store.port}`);
    assert.equal(store.calls.at(-1)?.path, '/acme/user-assets/one');
    assert.deepEqual(await files.get(tenant, key), Buffer.from(png));
    assert.equal(await files.get({ id: 'other' }, key), undefined);
    await files.remove(tenant, key);
    assert.equal(await files.get(tenant, key), undefined);
    await assert.rejects(files.get(tenant, ['user-assets', '../one']), /ids only/);
  });
});
