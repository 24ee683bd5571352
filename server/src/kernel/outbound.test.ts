import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { createAllowList, isPublicAddress } from './addresses.ts';
import { createOutbound, type OutboundError, type OutboundOptions } from './outbound.ts';

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

/** A server on this machine; returns its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const local = [{ address: '127.0.0.1', family: 4 }];
/** Reaches this machine under the names that the test allows. */
const outbound = (options: Partial<OutboundOptions> = {}) =>
  createOutbound({ allowed: ['api.test'], resolve: async () => local, ...options });

const refusal = (reason: OutboundError['reason']) => (error: unknown) => {
  assert.equal((error as OutboundError).name, 'OutboundError');
  assert.equal((error as OutboundError).reason, reason);
  assert.ok(error instanceof TypeError, 'callers of fetch expect a TypeError');
  return true;
};

describe('Public addresses', () => {
  const cases: [string, boolean][] = [
    ['93.184.216.34', true],
    ['1.1.1.1', true],
    ['2606:4700:4700::1111', true],
    ['::ffff:93.184.216.34', true],
    ['64:ff9b::5db8:d822', true],
    ['127.0.0.1', false],
    ['127.9.9.9', false],
    ['0.0.0.0', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['172.31.255.255', false],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.100.100.200', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['192.0.2.1', false],
    ['198.18.0.1', false],
    ['::', false],
    ['::1', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['fc00::1', false],
    ['fd00:ec2::254', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
    ['2002:7f00:1::', false],
    ['2001:0:53aa:64c::', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['::ffff:a9fe:a9fe', false],
    ['::127.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['localhost', false],
  ];
  for (const [address, expected] of cases) {
    it(`classifies ${address} as ${expected ? '' : 'not '}public`, () =>
      assert.equal(isPublicAddress(address), expected));
  }

  it('accepts additional addresses that the operator allows', () => {
    const list = createAllowList(['10.1.0.0/16', '192.168.7.7', 'fd12::/16', 'Intranet.example']);
    assert.ok(
      list.hasAddress('10.1.255.1') &&
        list.hasAddress('192.168.7.7') &&
        list.hasAddress('fd12::9') &&
        list.hasHost('intranet.EXAMPLE'),
    );
    assert.ok(!list.hasAddress('10.2.0.1') && !list.hasAddress('192.168.7.8') && !list.hasHost('example'));
    assert.throws(() => createAllowList(['10.0.0.0/33']), /not a range/);
    assert.throws(() => createAllowList(['http://intranet']), /neither a host name/);
  });
});

describe('Outgoing requests', () => {
  it('sends method, headers and body, and responds like fetch', async () => {
    const port = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
        response.end(
          JSON.stringify({
            method: request.method,
            agent: request.headers['user-agent'],
            type: request.headers['content-type'],
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
    });
    const response = await outbound()(`http://api.test:${port}/x`, {
      method: 'POST',
      body: new URLSearchParams({ a: 'ü b' }),
    });
    assert.equal(response.status, 201);
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.deepEqual(await response.json(), {
      method: 'POST',
      agent: 'Aldaba',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      body: 'a=%C3%BC+b',
    });
  });

  // security: outgoing-requests
  it('does not reach this machine, private networks or metadata services', async () => {
    let reached = 0;
    const port = await serve((_request, response) => {
      reached += 1;
      response.end();
    });
    const urls = [
      `http://127.0.0.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://0.0.0.0:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
      `http://evil.test:${port}/`,
      'file:///etc/passwd',
      'ftp://api.test/',
      `http://user:secret@api.test:${port}/`,
    ];
    for (const url of urls)
      await assert.rejects(
        outbound()(url).then((response) => response.text()),
        TypeError,
        url,
      );
    assert.equal(reached, 0);
  });

  it('rejects a host with one private address among public ones', async () => {
    const call = outbound({
      allowed: [],
      resolve: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    });
    await assert.rejects(call('http://mixed.test/'), refusal('address'));
  });

  // security: outgoing-requests
  it('connects to the checked address, even if the name resolves to another one later', async () => {
    const port = await serve((_request, response) => response.end('checked'));
    let asked = 0;
    const call = createOutbound({
      allowed: ['127.0.0.1'],
      resolve: async () => {
        asked += 1;
        return asked === 1 ? local : [{ address: '10.9.9.9', family: 4 }];
      },
    });
    assert.equal(await (await call(`http://rebinding.test:${port}/`)).text(), 'checked');
    assert.equal(asked, 1);
  });

  // security: outgoing-requests
  it('uses http for hosts and networks that the operator allows alone, where answers decide who signs in', async () => {
    const port = await serve((request, response) =>
      request.url === '/away'
        ? response.writeHead(302, { location: 'http://idp.test/' }).end()
        : response.end('arrived'),
    );
    const addressOf: Record<string, string> = { 'idp.test': '93.184.216.34' };
    const call = (allowed: string[]) =>
      createOutbound({
        ...{ allowed, requiresEncryption: true },
        resolve: async (host) => [{ address: addressOf[host] ?? '127.0.0.1', family: 4 }],
      });
    const refused = (error: unknown) => {
      refusal('address')(error);
      assert.match((error as Error).message, /^(idp\.test|93\.184\.216\.34) must be called with https/);
      return true;
    };
    for (const url of ['http://idp.test/', 'HTTP://IDP.test:8080/', 'http://93.184.216.34/'])
      await assert.rejects(call(['127.0.0.1'])(url), refused, url);
    for (const allowed of ['127.0.0.0/8', 'inside.test'])
      assert.equal(await (await call([allowed])(`http://inside.test:${port}/`)).text(), 'arrived', allowed);
    await assert.rejects(call(['127.0.0.1'])(`http://inside.test:${port}/away`), refused, 'after a redirect');
  });

  // security: outgoing-requests
  it('checks every redirect, and follows at most three', async () => {
    const port = await serve((request, response) => {
      const step = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('step'));
      const location = request.url?.startsWith('/inside') ? 'http://169.254.169.254/' : `/loop?step=${step + 1}`;
      if (step === 3 && request.url?.startsWith('/loop')) response.end('arrived');
      else response.writeHead(302, { location }).end();
    });
    assert.equal(await (await outbound()(`http://api.test:${port}/loop?step=0`)).text(), 'arrived');
    await assert.rejects(outbound()(`http://api.test:${port}/loop?step=-1`), refusal('redirect'));
    await assert.rejects(outbound()(`http://api.test:${port}/inside`), refusal('address'));
    await assert.rejects(outbound()(`http://api.test:${port}/loop`, { redirect: 'error' }), refusal('redirect'));
    const manual = await outbound()(`http://api.test:${port}/loop?step=0`, { redirect: 'manual' });
    assert.equal(manual.status, 302);
  });

  it('does not send authorization to another host after a redirect', async () => {
    const seen: (string | undefined)[] = [];
    const second = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.cookie);
      response.end();
    });
    const first = await serve((_request, response) =>
      response.writeHead(307, { location: `http://other.test:${second}/` }).end(),
    );
    await outbound({ allowed: ['api.test', 'other.test'] })(`http://api.test:${first}/`, {
      headers: { authorization: 'Bearer x', cookie: 'a=1' },
    });
    assert.deepEqual(seen, [undefined, undefined]);
  });

  it('aborts a response that is too large, declared or not', async () => {
    const port = await serve((_request, response) => {
      response.write(Buffer.alloc(800));
      response.write(Buffer.alloc(800));
      response.end();
    });
    await assert.rejects(outbound({ sizeLimit: 1024 })(`http://api.test:${port}/`), refusal('size'));
  });

  it('aborts when the response, or the rest of it, does not arrive in time', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/slow') response.writeHead(200).write('first part');
    });
    await assert.rejects(outbound({ timeLimit: 50 })(`http://api.test:${port}/`), refusal('time'));
    await assert.rejects(outbound({ timeLimit: 50 })(`http://api.test:${port}/slow`), refusal('time'));
    await assert.rejects(
      outbound({ timeLimit: 50, resolve: () => new Promise(() => undefined) })('http://api.test/'),
      refusal('time'),
    );
  });

  it('aborts with the reason of the caller', async () => {
    const port = await serve(() => undefined);
    const controller = new AbortController();
    const call = outbound()(`http://api.test:${port}/`, { signal: controller.signal });
    controller.abort(new Error('no longer needed'));
    await assert.rejects(call, /no longer needed/);
  });

  // security: leaked-secrets
  it('reports failures without path or query, which may contain codes and secrets', async () => {
    const port = await serve((request) => request.socket.destroy());
    await assert.rejects(outbound()(`http://api.test:${port}/token?secret=s3cr3t`), (error: Error) => {
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /s3cr3t/);
      return refusal('network')(error);
    });
  });
});

describe('Outgoing requests over kept connections', () => {
  /** A server that counts its connections. */
  const counting = async (listener: RequestListener) => {
    const sockets = new Set<object>();
    const port = await serve((request, response) => {
      sockets.add(request.socket);
      return listener(request, response);
    });
    return { port, sockets };
  };
  const post = (fetch: typeof globalThis.fetch, url: string, body: string) => fetch(url, { method: 'POST', body });

  it('reuses one connection for consecutive requests', async () => {
    const { port, sockets } = await counting((_request, response) => response.end('ok'));
    const fetch = outbound({ keepsConnections: true });
    for (const body of ['1', '2', '3'])
      assert.equal(await (await post(fetch, `http://api.test:${port}/`, body)).text(), 'ok');
    assert.equal(sockets.size, 1);
  });

  it('sends a request again if the kept connection turns out to be closed', async () => {
    const bodies: string[] = [];
    const { port, sockets } = await counting(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      bodies.push(body);
      if (sockets.size === 1 && bodies.length === 2) request.socket.destroy();
      else response.end('ok');
    });
    const fetch = outbound({ keepsConnections: true });
    for (const body of ['1', '2']) assert.equal((await post(fetch, `http://api.test:${port}/`, body)).status, 200);
    assert.deepEqual([bodies, sockets.size], [['1', '2', '2'], 2]);
  });

  it('does not send a request again over a new connection', async () => {
    let count = 0;
    const port = await serve((request) => {
      count += 1;
      request.socket.destroy();
    });
    await assert.rejects(
      post(outbound({ keepsConnections: true }), `http://api.test:${port}/`, ''),
      refusal('network'),
    );
    assert.equal(count, 1);
  });

  // security: outgoing-requests
  it('resolves the name again, and never reuses a connection to an address other than the checked one', async () => {
    const { port, sockets } = await counting((_request, response) => response.end('ok'));
    let addresses = local;
    const fetch = createOutbound({ allowed: ['127.0.0.0/8'], resolve: async () => addresses, keepsConnections: true });
    await post(fetch, `http://moved.test:${port}/`, '');
    addresses = [{ address: '10.0.0.1', family: 4 }];
    await assert.rejects(post(fetch, `http://moved.test:${port}/`, ''), refusal('address'));
    addresses = [{ address: '127.0.0.2', family: 4 }];
    await assert.rejects(post(fetch, `http://moved.test:${port}/`, ''), refusal('network'));
    assert.equal(sockets.size, 1);
  });
});
