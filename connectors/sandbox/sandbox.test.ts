import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createContext, Script } from 'node:vm';
import {
  createWechatSandbox,
  personas,
  phoneAssets,
  phoneContentSecurityPolicy,
  phoneHtml,
  type SandboxOutcome,
  sandboxOutcomes,
} from './index.ts';

const minute = 60_000;

const open = () => {
  const clock = { now: 0 };
  let serial = 0;
  const sandbox = createWechatSandbox({
    now: () => clock.now,
    random: () => {
      serial += 1;
      return `opaque-${serial}`;
    },
  });
  const ask = async (path: string, query: Record<string, string>) => {
    const response = await sandbox.fetch(`https://api.weixin.qq.com${path}?${new URLSearchParams(query)}`);
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), text };
  };
  const json = async (path: string, query: Record<string, string>) => JSON.parse((await ask(path, query)).text);
  const approve = (outcome: SandboxOutcome = 'success', appId = 'wx1') =>
    sandbox.approve({ appId, persona: 'mei', outcome });
  const tokenQuery = (code: string) => ({ appid: 'wx1', secret: 's', code, grant_type: 'authorization_code' });
  const redeem = (code: string) => json('/sns/oauth2/access_token', tokenQuery(code));
  return { clock, sandbox, ask, json, approve, tokenQuery, redeem };
};

describe('Simulated WeChat servers', () => {
  it('returns a token for a code and a profile for a token, as JSON labeled as text', async () => {
    const { ask, json, approve, tokenQuery } = open();
    const answer = await ask('/sns/oauth2/access_token', tokenQuery(approve()));
    assert.equal(answer.type, 'text/plain');
    const { access_token, openid, unionid, expires_in } = JSON.parse(answer.text);
    assert.equal(expires_in, 7200);
    const profile = await json('/sns/userinfo', { access_token, openid });
    assert.deepEqual([profile.openid, profile.unionid, profile.nickname], [openid, unionid, '林小梅']);
    assert.match(profile.headimgurl, /^data:image\/svg\+xml,/);
  });

  it('exchanges a code once, within ten minutes, for the app it was issued to', async () => {
    const { clock, approve, redeem } = open();
    const code = approve();
    await redeem(code);
    assert.equal((await redeem(code)).errcode, 40163);
    assert.equal((await redeem('guess')).errcode, 40029);
    assert.equal((await redeem(approve('success', 'wx2'))).errcode, 40029);
    const late = approve();
    clock.now += 10 * minute + 1;
    assert.equal((await redeem(late)).errcode, 42003);
  });

  it('returns each failure that can be selected', async () => {
    const { ask, json, approve, redeem, tokenQuery } = open();
    assert.equal((await redeem(approve('token_40029'))).errcode, 40029);
    assert.equal((await redeem(approve('token_40163'))).errcode, 40163);
    assert.equal((await redeem(approve('token_42003'))).errcode, 42003);
    assert.equal((await ask('/sns/oauth2/access_token', tokenQuery(approve('token_500')))).status, 500);
    const broken = await ask('/sns/oauth2/access_token', tokenQuery(approve('token_garbage')));
    assert.throws(() => JSON.parse(broken.text));
    assert.equal((await json('/sns/userinfo', await redeem(approve('profile_40001')))).errcode, 40001);
    assert.equal((await json('/sns/userinfo', await redeem(approve('profile_40014')))).errcode, 40014);
    assert.equal((await ask('/sns/userinfo', await redeem(approve('profile_500')))).status, 500);
  });

  it('does not respond until the request times out, if that was selected', async () => {
    const { sandbox, approve, tokenQuery } = open();
    const query = new URLSearchParams(tokenQuery(approve('token_timeout')));
    const controller = new AbortController();
    const pending = sandbox.fetch(`https://api.weixin.qq.com/sns/oauth2/access_token?${query}`, {
      signal: controller.signal,
    });
    controller.abort(new Error('given up'));
    await assert.rejects(pending, /given up/);
  });

  it('rejects a token that is unknown, expired, or of another user', async () => {
    const { clock, json, approve, redeem } = open();
    assert.equal((await json('/sns/userinfo', { access_token: 'guess', openid: 'o' })).errcode, 40001);
    const { access_token, openid } = await redeem(approve());
    assert.equal((await json('/sns/userinfo', { access_token, openid: 'other' })).errcode, 40003);
    assert.equal((await json('/sns/userinfo', { access_token })).errcode, 41009);
    clock.now += 120 * minute + 1;
    assert.equal((await json('/sns/userinfo', { access_token, openid })).errcode, 40001);
  });

  it('names the missing parameter of a request', async () => {
    const { json, tokenQuery } = open();
    for (const [name, errcode] of [
      ['appid', 41002],
      ['secret', 41004],
      ['code', 41008],
      ['grant_type', 40002],
    ] as const) {
      const query = { ...tokenQuery('c'), [name]: '' };
      assert.equal((await json('/sns/oauth2/access_token', query)).errcode, errcode);
    }
  });

  it('keeps at most 1,000 codes, and drops the oldest first', async () => {
    const { approve, redeem } = open();
    const first = approve();
    const codes = Array.from({ length: 1000 }, () => approve());
    assert.equal((await redeem(first)).errcode, 40029);
    assert.ok((await redeem(codes[0] ?? '')).access_token);
    assert.ok((await redeem(codes.at(-1) ?? '')).access_token);
  });

  it('rejects requests to hosts other than WeChat’s', async () => {
    const { sandbox, ask } = open();
    for (const address of [
      'https://example.com/',
      'http://api.weixin.qq.com/sns/userinfo',
      'http://169.254.169.254/',
    ]) {
      await assert.rejects(sandbox.fetch(address), TypeError);
    }
    for (const path of ['/', '/sns/auth', '/constructor', '/__proto__'])
      assert.equal((await ask(path, {})).status, 404);
  });

  it('approves known personas, outcomes and apps only', () => {
    const { sandbox } = open();
    const good = { appId: 'wx1', persona: 'mei', outcome: 'success' as const };
    for (const bad of [
      { persona: 'nobody' },
      { outcome: 'riches' as 'success' },
      { appId: '' },
      { appId: 'x'.repeat(129) },
    ]) {
      assert.throws(() => sandbox.approve({ ...good, ...bad }), RangeError);
    }
  });
});

describe('Page of the simulated phone', () => {
  const page = {
    basePath: '/t/"><x>',
    personas,
    outcomes: sandboxOutcomes,
    startUrl: `https://a/?q="><script>&'`,
    platform: 'ios',
    isFramed: false,
  } as const;
  const html = phoneHtml(page);

  it('escapes its input', () => {
    assert.ok(!html.includes('<x>') && !html.includes('<test>') && !html.includes('"><script>'));
    assert.ok(html.includes('&lt;test&gt;') && html.includes('https://a/?q=&quot;&gt;&lt;script&gt;&amp;&#39;'));
  });

  it('works under a policy without inline scripts and styles', () => {
    assert.ok(!phoneContentSecurityPolicy(false).includes('unsafe'));
    assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
    for (const [, name] of html.matchAll(/\/sandbox\/([\w.-]+)"/g)) assert.ok(name && Object.hasOwn(phoneAssets, name));
  });

  // security: sandbox
  it('may be framed by its own origin alone, and shows the phone alone there', () => {
    assert.match(phoneContentSecurityPolicy(false), /frame-ancestors 'none'$/);
    assert.match(phoneContentSecurityPolicy(true), /frame-ancestors 'self'$/);
    assert.match(phoneHtml({ ...page, isFramed: true }), /<main class="desk" hidden>/);
    assert.match(html, /value="ios" checked/);
  });

  it('offers every persona and every outcome', () => {
    for (const { key } of personas) assert.ok(html.includes(`value="${key}"`));
    for (const outcome of sandboxOutcomes) assert.ok(html.includes(`value="${outcome}"`));
  });
});

describe('Simulated native bridge', () => {
  const message = { redirectTo: 'wechat://?app_id=a&state=b', callbackUri: 'https://id.example.com/callback/social/c' };

  /** Runs a bridge file as a classic script in a window, framed or not. */
  const run = async (platform: 'android' | 'ios', framed: boolean) => {
    const posted: unknown[][] = [];
    const parent = { postMessage: (...given: unknown[]) => posted.push(given) };
    const context = createContext({ location: { origin: 'https://id.example.com' }, message });
    const evaluate = (code: string): unknown => new Script(code).runInContext(context);
    evaluate('var window = globalThis;');
    context['parent'] = framed ? parent : evaluate('window');
    evaluate(await readFile(new URL(`./phone/bridge-${platform}.js`, import.meta.url), 'utf8'));
    return { evaluate, posted };
  };

  it('adds the Android bridge as a property of window, which posts JSON text to our own origin', async () => {
    const { evaluate, posted } = await run('android', true);
    assert.equal(evaluate('window.logtoNativeSdk.platform'), 'android');
    evaluate('logtoNativeSdk.getPostMessage()(message)');
    assert.deepEqual(posted, [[JSON.stringify(message), 'https://id.example.com']]);
  });

  it('adds the iOS bridge as a constant that is not a property of window, which posts the object to our own origin', async () => {
    const { evaluate, posted } = await run('ios', true);
    assert.equal(evaluate('window.logtoNativeSdk'), undefined);
    assert.equal(evaluate('logtoNativeSdk.platform'), 'ios');
    assert.throws(() => evaluate('logtoNativeSdk = 1'), { name: 'TypeError' });
    evaluate('logtoNativeSdk.getPostMessage()(message)');
    assert.deepEqual(posted, [[message, 'https://id.example.com']]);
  });

  for (const platform of ['android', 'ios'] as const) {
    it(`offers WeChat through the bridge of ${platform} only inside the frame`, async () => {
      const framed = await run(platform, true);
      assert.equal(framed.evaluate('logtoNativeSdk.supportedConnector.nativeTargets.join()'), 'wechat');
      assert.equal(framed.evaluate('logtoNativeSdk.supportedConnector.universal'), true);
      assert.match(String(framed.evaluate('logtoNativeSdk.callbackLink')), /^logto-callback:\/\/.*web$/);
      assert.equal((await run(platform, false)).evaluate('typeof logtoNativeSdk'), 'undefined');
    });
  }
});
