import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ApplicationType, Client } from '../features/applications/applications/index.ts';
import { redirectUriProblem } from '../features/applications/applications/redirect-uris.ts';
import { hasOrigin } from './cors.ts';
import { isRegisteredUri } from './redirect-uris.ts';

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

describe('Registered redirect URIs', () => {
  it('rejects every look-alike of a registered redirect URI that leads to another host', () => {
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

  it('accepts every registered redirect URI without a wildcard', () => {
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

  // security: redirect-uris
  it('rejects schemes that run or open content, even if registered', () => {
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

  // security: redirect-uris
  it('rejects URIs that a parser would repair, with user information or with a fragment, even if registered', () => {
    for (const uri of [
      'https://me@app.example.com/cb',
      'https://me:secret@app.example.com/cb',
      'https://app.example.com\\@evil.test/cb',
      'https:/app.example.com/cb',
      'https://app.example.com/cb#x',
      'https://app.example.com/c b',
      'https://app.example.com/\tcb',
    ]) {
      assert.equal(isRegisteredUri(uri, [uri], client('Traditional')), false, uri);
    }
  });

  // security: redirect-uris
  it('matches a valid wildcard with a part of one label or segment, and an invalid one with nothing', () => {
    const label = fc.constantFrom(
      'app',
      '*',
      'pr-*',
      '*-x',
      'a*b',
      '**',
      'localhost',
      '[::1]',
      '1',
      'example',
      'com',
      'test',
    );
    const segment = fc.constantFrom('cb', '*', 'v*', '*.html', '*-*', '..', '%2f', '');
    const entries = fc
      .record({
        scheme: fc.constantFrom('https://', 'http://', 'HTTPS://'),
        user: fc.constantFrom('', '', '', '*@', 'me@'),
        labels: fc.array(label, { minLength: 1, maxLength: 4 }),
        port: fc.constantFrom('', '', ':443', ':8443', ':*'),
        segments: fc.array(segment, { maxLength: 3 }),
        tail: fc.constantFrom('', '', '?a=1', '?a=*', '#*'),
      })
      .map(({ scheme, user, labels, port, segments, tail }) =>
        [scheme, user, labels.join('.'), port, ...segments.map((part) => `/${part}`), tail].join(''),
      )
      .filter((entry) => entry.includes('*'));
    const foreign = fc.constantFrom(
      '',
      '.',
      'x.y',
      'a/b',
      '/',
      '%2f',
      '%2e',
      '@evil.test',
      ':80',
      '?',
      '#',
      '\\',
      ';x',
      'evil.test/',
      '*',
      '\n',
    );
    fc.assert(
      fc.property(entries, foreign, fc.nat(), (entry, bad, at) => {
        const passes = (uri: string) => isRegisteredUri(uri, [entry], client('SPA'));
        const good = entry.replaceAll('*', 'x1');
        if (redirectUriProblem(entry, 'SPA') !== undefined) return assert.equal(passes(good), false, entry);
        assert.equal(passes(good), true, entry);
        // The same URI with something else in place of one `*`.
        const stars = [...entry.matchAll(/\*/g)].map(({ index }) => index);
        const star = stars[at % stars.length] as number;
        const fill = (text: string) => text.replaceAll('*', 'x1');
        const changed = `${fill(entry.slice(0, star))}${bad}${fill(entry.slice(star + 1))}`;
        if (!passes(changed)) return;
        // Segments may contain dots; the number of labels and segments must match.
        const [before, after] = [new URL(good), new URL(changed)];
        assert.equal(after.host.split('.').length, before.host.split('.').length, changed);
        assert.equal(after.pathname.split('/').length, before.pathname.split('/').length, changed);
        assert.equal(after.host.split('.').slice(-2).join('.'), before.host.split('.').slice(-2).join('.'), changed);
        assert.deepEqual([after.protocol, after.port, after.search], [before.protocol, before.port, before.search]);
        assert.match(after.pathname, /^[\w.~/-]*$|%2f/i, changed);
      }),
      { numRuns: 5000 },
    );
  });

  it('matches a wildcard in the path without one in the host, within one segment only', () => {
    const passes = (uri: string, entry: string) => isRegisteredUri(uri, [entry], client('SPA'));
    assert.equal(passes('http://localhost:3000/pr-7/cb', 'http://localhost:3000/pr-*/cb'), true);
    assert.equal(passes('https://example.com/x/cb', 'https://example.com/*/cb'), true);
    for (const path of ['/x/y/cb', '//cb', '/cb', '/x%2fy/cb', '/x;y/cb', '/%78/cb', '/x/cb/'])
      assert.equal(passes(`https://example.com${path}`, 'https://example.com/*/cb'), false, path);
  });

  // security: redirect-uris
  describe('Wildcards in the host follow the public suffix list', () => {
    for (const [entry, mayRegister] of [
      ['https://*.example.com/cb', true],
      ['https://*.example.co.uk/cb', true],
      ['https://*.co.uk/cb', false],
      ['https://a*.co.uk/cb', false],
      ['https://*.com.cn/cb', false],
      ['https://x.*.co.uk/cb', false],
      ['https://*.kawasaki.jp/cb', false],
      ['https://*.example.test/cb', true],
      ['https://*.vercel.app/cb', false],
      ['https://a-*.vercel.app/cb', false],
      ['https://*-team.vercel.app/cb', true],
      ['https://deploy-preview-*--shop.netlify.app/cb', true],
      ['https://*.shop.pages.dev/cb', true],
      ['https://*.pages.dev/cb', false],
      ['https://*.github.io/cb', false],
    ] as const) {
      it(`${entry} ${mayRegister ? 'may' : 'may not'} be registered`, () => {
        assert.equal(redirectUriProblem(entry, 'SPA') === undefined, mayRegister);
        assert.equal(isRegisteredUri(entry.replace('*', 'x1'), [entry], client('SPA')), mayRegister);
      });
    }
  });

  it('matches a wildcard with one label or one segment, and never with the last two labels', () => {
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

describe('Origins of registered redirect URIs', () => {
  it('compares origins as a whole', () => {
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
