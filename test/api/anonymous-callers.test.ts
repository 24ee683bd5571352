import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('Storage used by anonymous callers', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const rows = (statement: string) => server.app.database.system.raw<{ size: number; count: number }>(statement);
  const authorize = (parameters: Record<string, string>, method: 'GET' | 'POST' = 'POST') => {
    const query = new URLSearchParams({
      client_id: 'demo-app',
      redirect_uri: `${server.url}/demo-app`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...parameters,
    });
    return method === 'GET'
      ? fetch(`${server.url}/oidc/auth?${query}`, { redirect: 'manual' })
      : fetch(`${server.url}/oidc/auth`, { method, headers: form, body: query, redirect: 'manual' });
  };

  // security: storage-exhaustion
  it('writes a small audit log entry for each large rejected request, and only a few per minute', async () => {
    const long = 'x'.repeat(2000);
    const body = new URLSearchParams({
      grant_type: long,
      client_id: long,
      scope: long,
      code: 'secret-code',
      'user-agent': long,
    });
    for (let count = 0; count < 15; count += 1) body.append(`junk${count}${long.slice(0, 100)}`, long);
    for (let count = 0; count < 8; count += 1) body.append('resource', long);
    const send = () =>
      fetch(`${server.url}/oidc/token`, { method: 'POST', headers: { ...form, 'user-agent': 'y'.repeat(8000) }, body });
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 12 }, send));
    const { body: listed } = await api.get('/api/logs?logKey=ExchangeTokenBy.Unknown');
    assert.equal(listed.length, 20);
    const [{ size = 0 } = {}] = await rows(
      `select max(length(payload::text)) as size from logs where key = 'ExchangeTokenBy.Unknown'`,
    );
    assert.ok(size > 500 && size < 4096, `${size} bytes`);
    const { params } = listed[0].payload;
    assert.deepEqual(Object.keys(params).sort(), ['client_id', 'code', 'grant_type', 'resource', 'scope']);
    assert.equal(params.code, '******');
  });

  // security: storage-exhaustion
  it('stores no row for an authorization request whose values are too long', async () => {
    const count = async () => (await rows('select count(*)::int as count, 0 as size from interactions'))[0]?.count;
    const before = await count();
    for (const [name, length] of Object.entries({
      state: 2049,
      nonce: 2049,
      login_hint: 1025,
      ui_locales: 1025,
      scope: 4097,
      x: 1025,
    })) {
      const answer = await authorize({ [name]: 'a'.repeat(length) });
      const location = new URL(answer.headers.get('location') ?? '', server.url);
      assert.equal(location.searchParams.get('error'), 'invalid_request', name);
      assert.match(
        location.searchParams.get('error_description') ?? '',
        new RegExp(`'${name}' .* ${length - 1} characters`),
        name,
      );
    }
    assert.equal(await count(), before);
    for (const method of ['GET', 'POST'] as const) {
      const answer = await authorize({ state: 's'.repeat(2048), nonce: 'n'.repeat(2048) }, method);
      assert.equal(answer.status, 303);
      assert.doesNotMatch(answer.headers.get('location') ?? '', /error/);
    }
    const [{ size = 0 } = {}] = await rows('select max(pg_column_size(request)) as size, 0 as count from interactions');
    assert.ok(size < 8192);
  });

  // security: storage-exhaustion
  it('stores nothing for a body larger than any form', async () => {
    const large = `x=${'y'.repeat(60_000)}`;
    const json = { 'content-type': 'application/json' };
    const calls: [path: string, headers: Record<string, string>, body: string][] = [
      ['/oidc/auth', form, large],
      ['/oidc/token', form, large],
      ['/oidc/session/end', form, large],
      ['/sign-in', form, large],
      ['/consent', form, large],
      ['/setup', form, large],
      ['/api/experience/profile', json, JSON.stringify({ large })],
    ];
    for (const [path, headers, body] of calls) {
      const { status } = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
      assert.ok([400, 413].includes(status), `${path} ${status}`);
    }
  });
});

describe('OpenAPI documents', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('builds the OpenAPI documents once, compresses them on request and returns 304 to clients that have them', async () => {
    for (const path of [
      '/api/swagger.json',
      '/api/.well-known/management.openapi.json',
      '/api/.well-known/experience.openapi.json',
    ]) {
      const ask = (headers: Record<string, string>) =>
        server.app.http.inject({ url: path, headers: { host: new URL(server.url).host, ...headers } });
      const [plain, zipped, brotli] = [
        await ask({}),
        await ask({ 'accept-encoding': 'gzip' }),
        await ask({ 'accept-encoding': 'gzip, br' }),
      ];
      assert.equal(plain.headers['content-encoding'], undefined);
      assert.equal(zipped.headers['content-encoding'], 'gzip');
      assert.equal(brotli.headers['content-encoding'], 'br');
      assert.equal(gunzipSync(zipped.rawPayload).toString(), plain.payload);
      assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), plain.payload);
      assert.equal(plain.json().servers[0].url, server.url);
      assert.ok(plain.json().openapi.startsWith('3.'));
      assert.match(String(plain.headers.vary), /accept-encoding/);
      for (const [headers, answer] of [
        [{}, plain],
        [{ 'accept-encoding': 'gzip' }, zipped],
      ] as const) {
        const again = await ask({ ...headers, 'if-none-match': String(answer.headers.etag) });
        assert.equal(again.statusCode, 304);
        assert.equal(again.payload, '');
      }
      assert.notEqual(plain.headers.etag, zipped.headers.etag);
    }
  });
});
