import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { OutboundError } from './outbound.ts';
import { createConnect } from './outbound-socket.ts';

const refusedAs = (reason: OutboundError['reason']) => (error: unknown) =>
  error instanceof OutboundError && error.reason === reason;

describe('Outgoing TCP connections', () => {
  let server: Server;
  let port: number;
  before(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  // security: outgoing-requests
  it('are refused to private addresses, by number, by name and in IPv6, unless they are allowed', async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const connect = createConnect({ allowed: [], resolve });
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'mail.example.com'])
      await assert.rejects(connect({ host, port }), refusedAs('address'), host);
    const socket = await createConnect({ allowed: ['mail.example.com'], resolve })({ host: 'mail.example.com', port });
    let text = '';
    for await (const chunk of socket) text += chunk;
    assert.equal(text, 'hello');
  });

  it('use another address of the host when the first does not answer, which is asked for once', async () => {
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return ['127.0.0.9', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    };
    const connect = createConnect({ allowed: ['127.0.0.0/8'], resolve });
    (await connect({ host: 'mail.example.com', port })).destroy();
    assert.equal(lookups, 1);
  });

  it('end with their limits, their caller, and when no address answers', async () => {
    const slow = createConnect({ allowed: [], resolve: () => new Promise(() => undefined) });
    await assert.rejects(slow({ host: 'mail.example.com', port, lookupTimeout: 10 }), refusedAs('time'));
    const left = new Error('the caller left');
    const leaving = new AbortController();
    const unresolved = slow({ host: 'mail.example.com', port, lookupTimeout: 5000, signal: leaving.signal });
    leaving.abort(left);
    await assert.rejects(unresolved, left);
    const connect = createConnect({ allowed: ['127.0.0.1'] });
    await assert.rejects(connect({ host: '127.0.0.1', port, signal: AbortSignal.abort(left) }), left);
    await assert.rejects(connect({ host: '127.0.0.1', port: 1 }), refusedAs('network'));
  });
});
