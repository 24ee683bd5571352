import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { connectorConformance, type ProviderRun } from '../../kit/conformance.ts';
import type { Connector, ConnectorErrorCode } from '../../kit/index.ts';
import { createWechatSandbox, type SandboxOutcome } from '../../sandbox/index.ts';
import { wechatMiniProgram } from '../wechat-mini-program/index.ts';
import { wechatNative } from '../wechat-native/index.ts';
import { wechatOfficialAccount } from '../wechat-official-account/index.ts';
import { wechatWeb } from '../wechat-web/index.ts';

const app = { appId: 'wx0123456789abcdef', appSecret: 'hush&<hush>/+ 41c0' };
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const call = {
  session: { get: async () => assert.fail('no session'), set: async () => assert.fail('no session') },
};
const readDocument = (path: string) => readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

let serial = 0;
const openSandbox = () =>
  createWechatSandbox({
    now: () => 0,
    random: () => {
      serial += 1;
      return `unguessable-${serial}-${'x'.repeat(16)}`;
    },
  });

const sandboxRun = (outcome: SandboxOutcome, persona = 'mei'): ProviderRun => {
  const sandbox = openSandbox();
  const code = sandbox.approve({ appId: app.appId, persona, outcome });
  return {
    fetch: sandbox.fetch,
    use: (instance, given) => instance.getUserInfo({ code }, given),
    secrets: [code, 'unguessable-'],
  };
};

/** A provider with fixed answers for the token and the profile call. */
const fixedRun = (...answers: [body: unknown, status?: number][]): ProviderRun => {
  const left = [...answers];
  return {
    fetch: async () => {
      const [body, status = 200] = left.shift() ?? assert.fail('one request too many');
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    },
    use: (instance, given) => instance.getUserInfo({ code: 'a-code-of-wechat' }, given),
    secrets: ['a-code-of-wechat'],
  };
};

const token = { access_token: 'an-access-token', openid: 'o1', expires_in: 7200 };
const tokenFault =
  (body: unknown, status = 200) =>
  () =>
    fixedRun([body, status]);
const profileFault =
  (body: unknown, status = 200) =>
  () =>
    fixedRun([token], [body, status]);

const failures: { name: string; code: ConnectorErrorCode; provider: () => ProviderRun }[] = [
  {
    name: 'a code that WeChat does not know',
    code: 'social_auth_code_invalid',
    provider: () => sandboxRun('token_40029'),
  },
  { name: 'a code that was used', code: 'social_auth_code_invalid', provider: () => sandboxRun('token_40163') },
  { name: 'a code that has expired', code: 'social_auth_code_invalid', provider: () => sandboxRun('token_42003') },
  { name: 'another error of the token call', code: 'general', provider: tokenFault({ errcode: 40013, errmsg: 'no' }) },
  { name: 'a token call without an answer', code: 'timeout', provider: () => sandboxRun('token_timeout') },
  { name: 'a token answer that is HTML', code: 'invalid_response', provider: () => sandboxRun('token_garbage') },
  { name: 'a token answer without openid', code: 'invalid_response', provider: tokenFault({ access_token: 'a' }) },
  { name: 'a token answer without token', code: 'invalid_response', provider: tokenFault({ openid: 'o1' }) },
  { name: 'a token answer of wrong types', code: 'invalid_response', provider: tokenFault({ ...token, openid: 7 }) },
  { name: 'HTTP 500 of the token call', code: 'general', provider: () => sandboxRun('token_500') },
  {
    name: 'an access token refused as 40001',
    code: 'social_invalid_access_token',
    provider: () => sandboxRun('profile_40001'),
  },
  {
    name: 'an access token refused as 40014',
    code: 'social_invalid_access_token',
    provider: () => sandboxRun('profile_40014'),
  },
  { name: 'an access token refused by HTTP 401', code: 'social_invalid_access_token', provider: profileFault('', 401) },
  {
    name: 'another error of the profile call',
    code: 'general',
    provider: profileFault({ errcode: 40003, errmsg: 'no' }),
  },
  { name: 'a profile call without an answer', code: 'timeout', provider: () => sandboxRun('profile_timeout') },
  { name: 'a profile that is HTML', code: 'invalid_response', provider: () => sandboxRun('profile_garbage') },
  {
    name: 'a profile of wrong types',
    code: 'invalid_response',
    provider: profileFault({ openid: 'o1', nickname: {} }),
  },
  { name: 'an empty profile', code: 'invalid_response', provider: profileFault({}) },
  { name: 'the profile of another person', code: 'invalid_response', provider: profileFault({ openid: 'o2' }) },
  { name: 'HTTP 500 of the profile call', code: 'general', provider: () => sandboxRun('profile_500') },
  ...[undefined, null, 'code', {}, { code: '' }, { code: 7 }, { code: ['c'] }, { auth_code: 'c' }].map((data) => ({
    name: `a callback with ${JSON.stringify(data)}`,
    code: 'general' as const,
    provider: (): ProviderRun => ({ ...fixedRun(), use: (instance, given) => instance.getUserInfo(data, given) }),
  })),
];

const invalidConfigs = [{}, { appId: 'wx1' }, { appId: '', appSecret: 's' }, { appId: 'wx1', appSecret: 7 }];

for (const [connector, optional] of [
  [wechatNative, { universalLinks: 'https://example.com/wechat/' }],
  [wechatWeb, { scope: 'snsapi_login' }],
  [wechatOfficialAccount, {}],
] as const) {
  connectorConformance({
    connector,
    validConfig: { ...app, ...optional },
    invalidConfigs: [...invalidConfigs, ...Object.keys(optional).map((key) => ({ ...app, [key]: null }))],
    secrets: [app.appSecret],
    provider: () => sandboxRun('success'),
    failures,
    readDocument,
  });
}

const sessionFault =
  (body: unknown, status = 200) =>
  () =>
    fixedRun([body, status]);
connectorConformance({
  connector: wechatMiniProgram,
  validConfig: app,
  invalidConfigs,
  secrets: [app.appSecret],
  provider: () => sandboxRun('success'),
  failures: [
    ...failures.filter(({ name }) => /^(a code|a token call without|HTTP 500 of the token|a callback)/.test(name)),
    { name: 'an app that calls too often', code: 'rate_limit_exceeded', provider: sessionFault({ errcode: 45011 }) },
    { name: 'another error', code: 'general', provider: sessionFault({ errcode: 40226, errmsg: 'blocked' }) },
    { name: 'an answer without openid', code: 'invalid_response', provider: sessionFault({ session_key: 'k' }) },
  ],
  readDocument,
});

const open = (connector: Connector, provider: Pick<ProviderRun, 'fetch'>, extra = {}) =>
  connector.create({ ...app, ...extra }, { fetch: provider.fetch, now: () => 0, log: silent });

const request = {
  state: 'st&te 1',
  redirectUri: 'https://id.example.com/callback/abc',
  connectorId: 'abc',
  jti: 'j',
};

describe('WeChat profile', () => {
  it('returns id, name and avatar, with the whole response as raw data', async () => {
    const provider = sandboxRun('success', 'rafael');
    const user = await provider.use(open(wechatNative, provider), call, '');
    const { id, name, avatar, rawData, ...rest } = user as Record<string, unknown>;
    const raw = rawData as Record<string, unknown>;
    assert.deepEqual([id, name, avatar], [raw.unionid, raw.nickname, raw.headimgurl]);
    assert.deepEqual(rest, {}, 'no e-mail, no phone');
    assert.equal(raw.city, 'Sevilla');
  });

  it('returns the same id in the app and on the web if there is a unionid', async () => {
    const [native, web] = [sandboxRun('success', 'mei'), sandboxRun('success', 'mei')];
    const one = (await native.use(open(wechatNative, native), call, '')) as { id: string };
    const two = (await web.use(open(wechatWeb, web), call, '')) as { id: string };
    assert.equal(one.id, two.id);
    assert.equal(wechatNative.metadata.target, wechatWeb.metadata.target);
  });

  for (const unionid of [undefined, null, '']) {
    it(`falls back to the openid if the unionid is ${JSON.stringify(unionid)}`, async () => {
      const provider = fixedRun([token], [{ openid: 'o1', nickname: '', headimgurl: '', unionid }]);
      const { rawData: _, ...user } = (await provider.use(open(wechatNative, provider), call, '')) as Record<
        string,
        unknown
      >;
      assert.deepEqual(user, { id: 'o1' });
    });
  }

  it('returns the error of WeChat in data', async () => {
    const provider = fixedRun([{ errcode: 40029, errmsg: 'invalid code, rid: 1' }]);
    await assert.rejects(provider.use(open(wechatNative, provider), call, ''), {
      data: { message: 'invalid code, rid: 1' },
    });
    const other = fixedRun([{ errcode: 48001, errmsg: 'api unauthorized' }]);
    await assert.rejects(other.use(open(wechatNative, other), call, ''), {
      data: { errorDescription: 'api unauthorized', errcode: 48001 },
    });
  });
});

describe('WeChat mini program', () => {
  it('returns the unionid, else the openid, and drops the session key', async () => {
    const provider = sandboxRun('success', 'mei');
    const user = (await provider.use(open(wechatMiniProgram, provider), call, '')) as Record<string, unknown>;
    const native = sandboxRun('success', 'mei');
    assert.equal(user.id, ((await native.use(open(wechatNative, native), call, '')) as { id: string }).id);
    const { openid } = user.rawData as Record<string, unknown>;
    assert.deepEqual(user, { id: user.id, rawData: { openid, unionid: user.id } });
    const alone = fixedRun([{ openid: 'o1', session_key: 'k' }]);
    assert.deepEqual(await alone.use(open(wechatMiniProgram, alone), call, ''), {
      id: 'o1',
      rawData: { openid: 'o1' },
    });
  });

  it('sends the code of wx.login as WeChat documents, and tells the mini program its app id and state', async () => {
    let asked: URL | undefined;
    const provider = sandboxRun('success');
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked = new URL(String(input));
      return provider.fetch(input, init);
    };
    const instance = open(wechatMiniProgram, { fetch });
    await provider.use(instance, call, '');
    assert.equal(asked?.pathname, '/sns/jscode2session');
    assert.deepEqual([...(asked?.searchParams.keys() ?? [])], ['appid', 'secret', 'js_code', 'grant_type']);
    assert.equal(
      await instance.getAuthorizationUri(request, call),
      'wechat-mini-program://?app_id=wx0123456789abcdef&state=st%26te+1',
    );
  });
});

describe('Requests to WeChat', () => {
  it('requests the token and then the profile, with exactly the parameters that WeChat documents', async () => {
    const seen: [string, [string, string][]][] = [];
    const provider = sandboxRun('success');
    const fetch: typeof globalThis.fetch = (input, init) => {
      const url = new URL(String(input));
      seen.push([`${init?.method ?? 'GET'} ${url.origin}${url.pathname}`, [...url.searchParams]]);
      return provider.fetch(input, init);
    };
    await provider.use(open(wechatNative, { fetch }), call, '');
    const [first, second] = seen;
    assert.equal(first?.[0], 'GET https://api.weixin.qq.com/sns/oauth2/access_token');
    assert.deepEqual(first?.[1], [
      ['appid', app.appId],
      ['secret', app.appSecret],
      ['code', provider.secrets?.[0]],
      ['grant_type', 'authorization_code'],
    ]);
    assert.equal(second?.[0], 'GET https://api.weixin.qq.com/sns/userinfo');
    assert.deepEqual(
      second?.[1].map(([name]) => name),
      ['access_token', 'openid'],
    );
    assert.equal(seen.length, 2);
  });

  it('opens the WeChat app with app id, state and universal link, in that order', async () => {
    const native = open(wechatNative, fixedRun(), { universalLinks: 'https://example.com/a b/' });
    assert.equal(
      await native.getAuthorizationUri(request, call),
      'wechat://?app_id=wx0123456789abcdef&state=st%26te+1&universal_link=https%3A%2F%2Fexample.com%2Fa+b%2F',
    );
    for (const extra of [{}, { universalLinks: '' }]) {
      const address = await open(wechatNative, fixedRun(), extra).getAuthorizationUri(request, call);
      assert.equal(address, 'wechat://?app_id=wx0123456789abcdef&state=st%26te+1');
    }
  });

  it('opens the consent of an Official Account', async () => {
    assert.equal(
      await open(wechatOfficialAccount, fixedRun()).getAuthorizationUri(request, call),
      'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fid.example.com%2Fcallback%2Fabc&response_type=code&scope=snsapi_userinfo&state=st%26te+1#wechat_redirect',
    );
  });

  it('opens the QR page with the scope of the request, else of the configuration, else the default', async () => {
    const scopeOf = async (configured: string | undefined, wanted?: string) => {
      const web = open(wechatWeb, fixedRun(), configured === undefined ? {} : { scope: configured });
      const address = await web.getAuthorizationUri({ ...request, ...(wanted ? { scope: wanted } : {}) }, call);
      return new URL(address).searchParams.get('scope');
    };
    assert.equal(await scopeOf(undefined), 'snsapi_login');
    assert.equal(await scopeOf(''), 'snsapi_login');
    assert.equal(await scopeOf('configured'), 'configured');
    assert.equal(await scopeOf('configured', 'wanted'), 'wanted');
    assert.equal(
      await open(wechatWeb, fixedRun()).getAuthorizationUri(request, call),
      'https://open.weixin.qq.com/connect/qrconnect?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fid.example.com%2Fcallback%2Fabc&response_type=code&scope=snsapi_login&state=st%26te+1',
    );
  });
});
