import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ApplicationType, Client } from '../features/applications/index.ts';
import { hasOrigin, isRegisteredUri } from './redirect-uris.ts';

const client = (type: ApplicationType): Client => ({
  id: 'app',
  name: 'App',
  type,
  isThirdParty: false,
  isAccessLimited: false,
  redirectUris: [],
  postLogoutRedirectUris: [],
  custom: {},
  customData: {},
  secrets: [],
});

describe('registered addresses', () => {
  it('nothing that leads to another host passes for a registered one', () => {
    const registered = ['https://app.example.com/cb', 'https://*.preview.example.com/cb/*'];
    const piece = fc.constantFrom(
      'https://',
      'http://',
      'javascript:',
      '//',
      '\\',
      '/',
      '@',
      ':',
      '#',
      '?',
      '.',
      '*',
      '%2f',
      '%00',
      ' ',
      '\t',
      '\u3002',
      'app.example.com',
      'preview.example.com',
      'evil.com',
      'a',
      'cb',
      '443',
      '8443',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const candidate = pieces.join('');
        if (!isRegisteredUri(candidate, registered, client('SPA'))) return;
        const { protocol, host, pathname, search, hash, username } = new URL(candidate);
        assert.ok(protocol === 'https:' && search === '' && hash === '' && username === '', candidate);
        assert.match(host, /^(app|[a-z0-9-]+\.preview)\.example\.com$/, candidate);
        assert.match(pathname, /^\/cb(\/[^/]+)?$/, candidate);
      }),
      { numRuns: 3000 },
    );
  });

  it('every registered address without a wildcard passes', () => {
    for (const uri of [
      'https://app.example.com',
      'http://localhost:3000/cb?x=1',
      'https://app.example.com/a%20b',
      'http://192.168.1.4/cb',
    ]) {
      assert.equal(isRegisteredUri(uri, [uri], client('Traditional')), true, uri);
    }
    for (const uri of ['io.logto://callback', 'com.example.app:/callback', 'myapp://']) {
      assert.equal(isRegisteredUri(uri, [uri], client('Native')), true, uri);
      assert.equal(isRegisteredUri(uri, [uri], client('Traditional')), false, 'a web server has no scheme of its own');
    }
  });

  it('a scheme that runs or opens things never passes, even if it was registered', () => {
    for (const uri of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'blob:https://a/b',
      'vbscript:x',
      'intent://x',
    ]) {
      assert.equal(isRegisteredUri(uri, [uri], client('Native')), false, uri);
    }
  });

  it('a wildcard stands for one label and one segment, and never for the last two labels', () => {
    const passes = (uri: string, entry: string) => isRegisteredUri(uri, [entry], client('SPA'));
    assert.equal(passes('https://x.example.com/cb', 'https://*.example.com/cb'), true);
    assert.equal(passes('https://pr-7-x.example.com/cb', 'https://pr-*-x.example.com/cb'), true);
    assert.equal(passes('https://example.com/cb', 'https://*.com/cb'), false);
    assert.equal(passes('https://a.b.example.com/cb', 'https://*.example.com/cb'), false);
    assert.equal(passes('https://x.example.com:8443/cb', 'https://*.example.com/cb'), false);
    assert.equal(passes('https://x.example.com:8443/cb', 'https://*.example.com:8443/cb'), true);
    assert.equal(passes('https://x.example.com/cb?y', 'https://*.example.com/cb'), false);
    assert.equal(passes('https://x.example.comXcb', 'https://*.example.com/cb'), false);
  });
});

describe('origins of registered addresses', () => {
  it('are compared as a whole', () => {
    const entries = ['https://app.example.com/cb', 'https://*.preview.example.com/cb', 'io.logto://callback'];
    assert.equal(hasOrigin('https://app.example.com', entries), true);
    assert.equal(hasOrigin('https://x.preview.example.com', entries), true);
    for (const origin of [
      'https://example.com',
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://x.y.preview.example.com',
      'null',
    ]) {
      assert.equal(origin === 'null' ? false : hasOrigin(origin, entries), false, origin);
    }
  });
});
