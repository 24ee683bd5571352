import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer, type TestServer } from '../support/server.ts';

describe('API reference', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('serves a page without inline script or style, and all its files from the server itself', async () => {
    for (const base of [server.url, `${server.url}/t/admin`]) {
      const response = await fetch(`${base}/api/reference`);
      assert.equal(response.status, 200);
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
      assert.equal(/unsafe|https?:/.test(policy), false);
      const html = await response.text();
      assert.equal(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/i.test(html), false);
      const files = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path = '']) => path);
      assert.equal(files.length, 4);
      for (const path of files) {
        assert.ok(path.startsWith(new URL(base).pathname.replace(/\/$/, '')), path);
        const file = await fetch(new URL(path, server.url));
        assert.equal(file.status, 200, path);
        assert.match(file.headers.get('content-type') ?? '', path.endsWith('.js') ? /javascript/ : /css/);
        assert.ok((await file.text()).length > 100);
      }
    }
  });

  // security: file-paths
  it('shows existing documents, and serves no other file', async () => {
    for (const name of ['management', 'experience', 'user']) {
      const response = await fetch(`${server.url}/api/.well-known/${name}.openapi.json`);
      const document = (await response.json()) as { openapi: string; paths: object };
      assert.equal(document.openapi, '3.1.0');
      assert.ok(Object.keys(document.paths).length > 0);
    }
    for (const name of ['package.json', 'index.html', '..%2fpackage.json', 'constructor', '__proto__'])
      assert.equal((await fetch(`${server.url}/api/reference/${name}`)).status, 404, name);
  });
});
