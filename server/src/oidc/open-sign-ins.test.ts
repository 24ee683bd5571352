import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuthorizationRequest } from './authorize/request.ts';
import { createOpenSignIns } from './open-sign-ins.ts';

describe('Open sign-ins', () => {
  const refused = { code: 'request.too_many_sign_ins', status: 429, data: { seconds: 3600 } };

  const request: AuthorizationRequest = {
    clientId: 'demo-app',
    redirectUri: 'https://app.example.com/callback',
    responseMode: 'query',
    scope: 'openid profile offline_access',
    resources: [],
    prompt: ['consent'],
  };

  // security: storage-exhaustion
  it('rejects an address with too many open sign-ins, and no other address', () => {
    const time = { now: 0 };
    const signIns = createOpenSignIns({ now: () => time.now }, 3);
    for (let count = 0; count < 3; count += 1) signIns.begin('acme', '203.0.113.7', request);
    assert.throws(() => signIns.begin('acme', '203.0.113.7', request), refused);
    signIns.begin('acme', '203.0.113.8', request);
    signIns.begin('other', '203.0.113.7', request);
    time.now = 3_600_000;
    signIns.begin('acme', '203.0.113.7', request);
  });

  it('does not count finished sign-ins', () => {
    const signIns = createOpenSignIns({ now: () => 0 }, 1);
    for (let count = 0; count < 100; count += 1) {
      signIns.begin('acme', '203.0.113.7', request);
      signIns.end('acme', '203.0.113.7', request);
    }
    signIns.end('acme', '203.0.113.7', request);
    signIns.begin('acme', '203.0.113.7', request);
    assert.throws(() => signIns.begin('acme', '203.0.113.7', request), refused);
  });

  // security: storage-exhaustion
  it('counts sign-ins by length, so that long requests do not fill the database', () => {
    const long = { ...request, state: 'a'.repeat(2048), nonce: 'b'.repeat(2048), scope: 'c'.repeat(4096) };
    const signIns = createOpenSignIns({ now: () => 0 }, 10);
    for (let count = 0; count < 2; count += 1) signIns.begin('acme', '203.0.113.7', long);
    assert.throws(() => signIns.begin('acme', '203.0.113.7', long), refused);
    signIns.end('acme', '203.0.113.7', long);
    signIns.begin('acme', '203.0.113.7', long);
    assert.throws(() => signIns.begin('acme', '203.0.113.7', request), refused);
  });
});
