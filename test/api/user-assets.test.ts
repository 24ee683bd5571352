import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const text = (value: string) => new TextEncoder().encode(value);

describe('Uploaded files', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const upload = (bytes: Uint8Array<ArrayBuffer>, name = 'logo.png', type = 'image/png', by = api) =>
    uploadFile(by, '/api/user-assets', { bytes, name, type });

  it('publishes which files may be uploaded', async () => {
    const { body } = await api.get('/api/user-assets/service-status');
    assert.deepEqual([body.status, body.maxUploadFileSize], ['ready', 20_971_520]);
    assert.ok(body.allowUploadMimeTypes.includes('image/png'));
  });

  // security: uploads
  it('serves uploads to any caller with the type of their bytes, and without running scripts in them', async () => {
    const { status, body } = await upload(png, '../../evil.html', 'text/html');
    assert.equal(status, 200);
    assert.ok(body.url.startsWith(`${server.url}/user-assets/`), body.url);
    assert.equal(body.url.includes('evil'), false);
    const response = await fetch(body.url);
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), png);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    const svg = await upload(
      text('<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    );
    const served = await fetch(svg.body.url);
    assert.equal(served.headers.get('content-type'), 'image/svg+xml');
    assert.match(served.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox(;|$)/);
  });

  it('accepts images and archives only, whatever their file names', async () => {
    for (const value of ['<html><svg></svg></html>', '#!/bin/sh', '', 'GIF8', '<!-- <svg> --><html>'])
      assertRefused(await upload(text(value)), 400, 'guard.mime_type_not_allowed');
  });

  it('rejects a file above the maximum size', async () => {
    const large = new Uint8Array(20_971_521);
    large.set(png);
    assertRefused(await upload(large), 400, 'guard.file_size_exceeded');
  });

  it('accepts one file of a form from an operator, and rejects forms at all other routes', async () => {
    assertRefused(
      await upload(png, 'a', 'image/png', managerWith(server.url, '')),
      401,
      'auth.authorization_header_missing',
    );
    assertRefused(await api.post('/api/user-assets', { file: 'x' }), 415, 'guard.unsupported_media_type');
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const empty = await api.send('POST', '/api/user-assets', { raw: '--x--\r\n', headers });
    assertRefused(empty, 400, 'guard.invalid_input');
    const elsewhere = await api.send('POST', '/api/users', { raw: '--x--\r\n', headers });
    assertRefused(elsewhere, 415, 'guard.unsupported_media_type');
  });

  // security: file-paths, uploads
  it('returns 404 for files of another tenant and other files of the disk', async () => {
    const { body } = await upload(png);
    const id = body.url.split('/').at(-1);
    assert.equal((await fetch(`${server.url}/user-assets/${id}`)).status, 200);
    for (const path of [
      `/t/admin/user-assets/${id}`,
      '/user-assets/..%2Fsecret',
      '/user-assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    ])
      assert.equal((await fetch(`${server.url}${path}`)).status, 404, path);
  });
});
