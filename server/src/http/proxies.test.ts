import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createProxies, networksOf, readAddress } from './proxies.ts';

const request = (peer: string, headers: Record<string, string>) =>
  ({ socket: { remoteAddress: peer }, headers }) as unknown as IncomingMessage;

describe('Client address', () => {
  const proxies = createProxies(['10.0.0.0/8', '2001:db8:ffff::/48']);
  const seen = (forwardedFor: string, peer = '10.0.0.1') =>
    proxies.client(request(peer, { 'x-forwarded-for': forwardedFor }));

  it('reads an address without port, brackets and zone, in canonical form', () => {
    const spellings: [string, string][] = [
      ['203.0.113.7', '203.0.113.7'],
      [' 203.0.113.7:51008 ', '203.0.113.7'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:DB8:0:0::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
      ['fe80::1%eth0', 'fe80::1'],
    ];
    for (const [written, address] of spellings) {
      assert.equal(readAddress(written), address, written);
      assert.deepEqual(seen(written), { ip: address, isForwarded: true }, written);
    }
  });

  // security: forged-client-address
  it('uses the proxy’s address if the header contains none', () => {
    const junk = [
      '',
      'unknown',
      '_gazonk',
      '"203.0.113.7"',
      'for=203.0.113.7',
      '203.0.113.7:port',
      '203.0.113',
      '3405803783',
      '0x7f.1',
      '203.0.113.007',
      '203.0.113.256',
      '[203.0.113.7',
      '[]',
      ':443',
      'localhost',
      "1' or '1'='1",
      '<script>',
      '::g',
      '1.2.3.4.5',
    ];
    for (const written of junk) assert.deepEqual(seen(written), { ip: '10.0.0.1', isForwarded: false }, written);
    // Entries left of an invalid one were not written by a trusted proxy.
    assert.deepEqual(seen('198.51.100.1, unknown'), { ip: '10.0.0.1', isForwarded: false });
  });

  // security: forged-client-address
  it('uses the nearest address that is not a trusted proxy and ignores what the client wrote before it', () => {
    assert.equal(seen('198.51.100.1, 203.0.113.7:1, 10.9.9.9').ip, '203.0.113.7');
    assert.equal(seen('198.51.100.1, [2001:db8:1::7]:1, [2001:db8:ffff::9]:443').ip, '2001:db8:1::7');
    assert.equal(seen('unknown, 10.9.9.9').ip, '10.9.9.9');
    assert.equal(seen('203.0.113.7', '::ffff:10.0.0.1').ip, '203.0.113.7');
  });

  // security: forged-client-address
  it('uses the connection’s address if no trusted proxy sent the request', () => {
    assert.deepEqual(seen('203.0.113.7', '198.51.100.2'), { ip: '198.51.100.2', isForwarded: false });
    assert.deepEqual(createProxies([]).client(request('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.7' })), {
      ip: '10.0.0.1',
      isForwarded: false,
    });
  });

  it('shares limits among the addresses of one network', () => {
    assert.deepEqual(networksOf('203.0.113.7'), { client: '203.0.113.7', network: '203.0.113.0/24' });
    assert.deepEqual(networksOf('2001:db8:1:2ff::7'), { client: '2001:db8:1:200::/56', network: '2001:db8:1::/48' });
    assert.deepEqual(networksOf(''), { client: '', network: '' });
  });
});

describe('Other headers of proxies', () => {
  it('reads the last value of a header, and only from a trusted proxy', () => {
    const headers = { 'x-forwarded-host': 'evil.test, admin.example.com' };
    assert.equal(
      createProxies(['10.0.0.1']).forwarded(request('10.0.0.1', headers), 'x-forwarded-host'),
      'admin.example.com',
    );
    assert.equal(createProxies(['10.0.0.1']).forwarded(request('10.0.0.2', headers), 'x-forwarded-host'), undefined);
    assert.equal(createProxies([]).forwarded(request('10.0.0.1', headers), 'x-forwarded-host'), undefined);
  });
});
