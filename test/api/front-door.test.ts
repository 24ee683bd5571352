import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { requestIdHeader } from '../../server/src/http/request-id.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** `fetch` cannot set `Host`. */
function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const request = httpRequest(url, rest, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('Separate admin origin', () => {
  let server: TestServer;
  let node: string;
  before(async () => {
    server = await startServer({
      environment: {
        ENDPOINT: 'https://id.example.com',
        ADMIN_ENDPOINT: 'https://console.example.com:8443',
        TRUSTED_PROXIES: '127.0.0.1',
      },
    });
    node = server.url;
  });
  after(() => server.close());

  // security: admin-address
  it('serves the admin tenant on no other host', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const host of ['id.example.com', 'localhost', '10.0.0.1:3001', 'x.console.example.com']) {
      const calls = [
        send(`${node}/t/admin/oidc/token`, {
          method: 'POST',
          headers: { ...form, host },
          body: 'grant_type=client_credentials',
        }),
        send(`${node}/t/admin/api/users`, { headers: { host } }),
        send(`${node}/t/admin/oidc/.well-known/openid-configuration`, { headers: { host } }),
        send(`${node}/t/admin/setup?token=x`, { headers: { host } }),
        send(`${node}/t/admin/api/experience`, {
          method: 'PUT',
          headers: { host, 'content-type': 'application/json' },
          body: '{}',
        }),
        // A header that a client forges for the proxy is ignored too.
        send(`${node}/t/admin/api/users`, { headers: { host, 'x-forwarded-port': '8443' } }),
      ];
      for (const { status } of await Promise.all(calls)) assert.equal(status, 404, host);
    }
  });

  it('finds the admin tenant behind a proxy that passes the host without port, in uppercase or with a trailing dot', async () => {
    for (const host of [
      'console.example.com',
      'console.example.com:8443',
      'CONSOLE.example.com',
      'console.example.com.',
    ]) {
      const { body } = await send(`${node}/oidc/.well-known/openid-configuration`, { headers: { host } });
      assert.equal(JSON.parse(body).issuer, 'https://console.example.com:8443/oidc', host);
    }
    const { body } = await send(`${node}/oidc/.well-known/openid-configuration`, {
      headers: { host: 'aldaba:3001', 'x-forwarded-host': 'console.example.com' },
    });
    assert.equal(JSON.parse(body).issuer, 'https://console.example.com:8443/oidc');
  });
});

describe('Responses', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('adds a request ID of its own to every kind of response', async () => {
    const paths = [
      '/oidc/.well-known/openid-configuration',
      '/oidc/jwks',
      '/oidc/auth',
      '/oidc/me',
      '/api/status',
      '/api/users',
      '/api/nothing',
      '/sign-in',
      '/demo-app',
      '/assets/nothing',
      '/t/nowhere/oidc/jwks',
      '/api/users/%',
      `/api/users/${'x'.repeat(600)}`,
    ];
    const seen = new Set<string>();
    for (const path of [...paths, ...paths]) {
      const { headers } = await send(`${server.url}${path}`, {
        headers: { [requestIdHeader]: 'mine', 'x-request-id': 'mine' },
      });
      const id = String(headers[requestIdHeader]);
      assert.match(id, /^[0-9a-z]{18}$/, path);
      seen.add(id);
    }
    assert.equal(seen.size, 2 * paths.length);
  });
});

describe('Connections', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({
      environment: { HEADERS_TIMEOUT: '0.3', REQUEST_TIMEOUT: '0.6', MAX_CONNECTIONS: '12' },
    });
  });
  after(() => server.close());

  /** A client that never closes its own half. */
  async function open(): Promise<Socket> {
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  }
  const held = () =>
    new Promise<number>((resolve, reject) =>
      server.app.http.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  /** What the server sent until it closed its half. */
  async function answerOf(socket: Socket): Promise<string> {
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    await once(socket, 'end');
    return text;
  }

  // security: held-connections
  it('closes a connection whose headers or body do not arrive, also if the client keeps its half open', {
    timeout: 20_000,
  }, async () => {
    const closings: Promise<unknown>[] = [];
    const collect = (socket: Socket) => closings.push(once(socket, 'close'));
    server.app.http.server.on('connection', collect);
    const starts = [
      '',
      'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      'POST /oidc/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant',
      'NONSENSE\r\n\r\n',
    ];
    const clients = await Promise.all(starts.map(open));
    const answers = clients.map(answerOf);
    for (const [index, start] of starts.entries()) clients[index]?.write(start);
    const [, headers, body, nonsense] = await Promise.all(answers);
    assert.match(String(headers), /^HTTP\/1\.1 408 /);
    assert.match(String(body), /^HTTP\/1\.1 408 /);
    assert.match(String(nonsense), /^HTTP\/1\.1 400 /);
    // The server has closed its sockets although no client has closed its half.
    await Promise.all(closings);
    assert.equal(closings.length, starts.length);
    assert.equal(await held(), 0);
    server.app.http.server.off('connection', collect);
    for (const client of clients) client.destroy();
  });

  // security: held-connections
  it('rejects a connection if too many are open', async () => {
    const dropped = once(server.app.http.server, 'drop');
    const clients = await Promise.all(Array.from({ length: 13 }, open));
    await dropped;
    assert.ok((await held()) <= 12);
    for (const client of clients) client.destroy();
  });
});
