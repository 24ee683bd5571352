import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { authorizationRequest, memorySession } from '../kit/conformance.ts';
import { findPersona } from '../sandbox/index.ts';
import { alipayNative } from './alipay-native/index.ts';
import { alipayWeb } from './alipay-web/index.ts';
import { amazon } from './amazon/index.ts';
import { apple } from './apple/index.ts';
import { azuread } from './azuread/index.ts';
import { dingtalk } from './dingtalk/index.ts';
import { discord } from './discord/index.ts';
import { facebook } from './facebook/index.ts';
import { feishu } from './feishu/index.ts';
import { gitlab } from './gitlab/index.ts';
import { huggingFace } from './huggingface/index.ts';
import { kakao } from './kakao/index.ts';
import { kook } from './kook/index.ts';
import { line } from './line/index.ts';
import { linkedin } from './linkedin/index.ts';
import { naver } from './naver/index.ts';
import { patreon } from './patreon/index.ts';
import { qq } from './qq/index.ts';
import { slack } from './slack/index.ts';
import { client, openSandbox, type Trial, tryProvider } from './testing/trials.ts';
import { wecom } from './wecom/index.ts';
import { x } from './x/index.ts';
import { xiaomi } from './xiaomi/index.ts';

interface Brand extends Omit<Trial, 'config' | 'invalidConfigs'>, Partial<Pick<Trial, 'config' | 'invalidConfigs'>> {
  /** ID of the user Mei. */
  readonly id: string;
  /** Whether a verified email address is used; the provider says of none whether it is where this is false. */
  readonly hasEmail: boolean;
  /** Where the picture is not at the address that the provider sends. */
  readonly avatar?: string | undefined;
}

const mei = findPersona('mei');
assert.ok(mei);
const { scope: _, ...clientWithoutScope } = client;
const common = { worksWithoutSession: true, hasEmail: true, avatar: mei.headimgurl };

const byName = { isOAuth: false, hasEmail: false };
const appSecretConfig = { appId: 'cli_0123456789abcdef', appSecret: client.clientSecret };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const alipayAppConfig = {
  appId: '2021000000000000',
  privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  signType: 'RSA2',
};
const alipayConfig = { ...alipayAppConfig, scope: 'auth_user', charset: 'utf8' };

const brands: readonly Brand[] = [
  {
    ...common,
    connector: azuread,
    config: {
      ...client,
      cloudInstance: 'https://login.microsoftonline.com/',
      tenantId: 'common',
      prompts: ['select_account'],
    },
    invalidConfigs: [
      { ...client, tenantId: '../x' },
      { ...client, cloudInstance: 'login' },
      { ...client, prompts: ['sing'] },
    ],
    issuer: 'https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    readsProfile: false,
    id: '00000000-0000-0000-0000-000000001001',
    avatar: undefined,
  },
  { ...common, connector: facebook, id: '1001', hasEmail: false },
  { ...common, connector: linkedin, id: 'sandbox-mei', usesPkce: false },
  {
    ...common,
    connector: x,
    id: '1001',
    worksWithoutSession: false,
    avatar: 'https://pbs.twimg.com/profile_images/1001/mei.jpg',
  },
  {
    ...common,
    connector: discord,
    id: '1001',
    avatar: 'https://cdn.discordapp.com/avatars/1001/8342729096ea3675442027381ff50dfe.png',
  },
  { ...common, connector: slack, id: 'sandbox-mei', issuer: 'https://slack.com', readsProfile: false },
  { ...common, connector: gitlab, id: 'sandbox-mei' },
  { ...common, connector: line, id: 'sandbox-mei', hasEmail: false },
  { ...common, connector: kakao, id: '1001', config: clientWithoutScope },
  { ...common, connector: naver, id: 'sandbox-mei', config: clientWithoutScope, hasEmail: false },
  { ...common, connector: amazon, id: 'amzn1.account.1001', hasEmail: false, avatar: undefined },
  { ...common, connector: huggingFace, id: 'sandbox-mei' },
  { ...common, connector: patreon, id: '1001' },
  { ...common, connector: kook, id: '1001', hasEmail: false },
  {
    ...common,
    connector: apple,
    config: { clientId: 'the-client', scope: 'name email' },
    issuer: 'https://appleid.apple.com',
    responseType: 'code id_token',
    readsProfile: false,
    usesPkce: false,
    worksWithoutSession: false,
    id: '001999.mei.1026',
    avatar: undefined,
  },
  { ...common, ...byName, connector: qq, id: mei.openid, avatar: 'https://thirdqq.qlogo.cn/g?b=oidb&k=1001&s=100' },
  { ...common, ...byName, connector: dingtalk, id: 'union-mei' },
  { ...common, connector: feishu, id: 'on_mei', config: appSecretConfig, hasEmail: false },
  { ...common, ...byName, connector: xiaomi, id: '1001', config: { ...client, skipConfirm: true } },
  {
    ...common,
    ...byName,
    connector: wecom,
    config: { corpId: 'ww0123456789abcdef', appSecret: client.clientSecret, agentId: '1000002', scope: '' },
    invalidConfigs: [{ corpId: 'a', appSecret: 'b', agentId: 'c', scope: 'snsapi_userinfo' }],
    id: 'mei',
  },
  {
    ...common,
    ...byName,
    connector: alipayWeb,
    config: alipayConfig,
    invalidConfigs: [
      { ...alipayConfig, privateKey: 'no key' },
      { ...alipayConfig, signType: 'DSA' },
    ],
    id: '2088001001',
  },
  {
    ...common,
    ...byName,
    connector: alipayNative,
    config: alipayAppConfig,
    // The Alipay app gives the code, to the app around the page.
    toProvider: (address) => {
      const query = new URLSearchParams({ redirect_uri: 'https://app.example', scope: 'auth_user' });
      const { search } = new URL(address);
      return `https://openauth.alipay.com/oauth2/publicAppAuthorize.htm${search}&${query}`;
    },
    id: '2088001001',
  },
];

for (const { config = client, invalidConfigs = [], ...trial } of brands) {
  const invalid = 'clientSecret' in config ? [{ clientId: 'a' }, { ...config, clientSecret: '' }] : [];
  tryProvider({ ...trial, config, invalidConfigs: [{}, ...invalid, ...invalidConfigs] });
}

const log = { info: () => {}, warn: () => {}, error: () => {} };
const profileOf = async ({ connector, config = client, toProvider = (given) => given }: Brand, persona: string) => {
  const sandbox = openSandbox();
  const world = { fetch: sandbox.fetch, now: () => Date.UTC(2026, 0, 1), log };
  const instance = connector.create(config, world);
  const call = { session: memorySession() };
  const address = toProvider(await instance.getAuthorizationUri(authorizationRequest, call));
  const { parameters } = await sandbox.agree({ address, persona, outcome: 'success' });
  return instance.getUserInfo(parameters, call);
};

describe('Profiles of the providers', () => {
  for (const brand of brands) {
    const { id, hasEmail, avatar } = brand;
    const name = brand.connector.metadata.name.en;
    it(`reads ID, name, picture and verified email address from ${name}, and drops an unverified one`, async () => {
      const { rawData, ...user } = await profileOf(brand, 'mei');
      assert.deepEqual(user, {
        id,
        name: mei.nickname,
        ...(hasEmail ? { email: mei.email } : {}),
        ...(avatar ? { avatar } : {}),
      });
      assert.ok(rawData);
      const { email, ...other } = await profileOf(brand, 'aino');
      assert.equal(email, undefined);
      assert.notEqual(other.id, id);
    });
  }
});

describe('Requests in forms of their own', () => {
  const world = { fetch: globalThis.fetch, now: () => 0, log };
  const call = { session: memorySession() };

  it('leads WeCom’s own browser to its consent, and other browsers to a QR code', async () => {
    const config = { corpId: 'ww1', appSecret: 's', agentId: '7', scope: 'snsapi_privateinfo' };
    const open = async (userAgent: string) =>
      new URL(await wecom.create(config, world).getAuthorizationUri({ ...authorizationRequest, userAgent }, call));
    const own = await open('Mozilla/5.0 (iPhone) MicroMessenger/7.0.1 wxwork/4.1.22');
    assert.equal(
      own.origin + own.pathname + own.hash,
      'https://open.weixin.qq.com/connect/oauth2/authorize#wechat_redirect',
    );
    assert.deepEqual([own.searchParams.get('scope'), own.searchParams.get('agentid')], ['snsapi_privateinfo', '7']);
    const other = await open('Mozilla/5.0 (X11; Linux x86_64)');
    assert.equal(other.origin + other.pathname, 'https://login.work.weixin.qq.com/wwlogin/sso/login');
    assert.equal(other.searchParams.get('appid'), 'ww1');
  });

  it('signs what it asks of Alipay with the app’s key, in PKCS #1 or PKCS #8, with or without the lines of PEM', async () => {
    const bare = (type: 'pkcs1' | 'pkcs8') => privateKey.export({ format: 'der', type }).toString('base64');
    for (const key of [alipayConfig.privateKey, bare('pkcs8'), bare('pkcs1')]) {
      for (const [signType, hash] of [
        ['RSA2', 'RSA-SHA256'],
        ['RSA', 'RSA-SHA1'],
      ]) {
        let asked: URLSearchParams | undefined;
        const fetch: typeof globalThis.fetch = async (input) => {
          asked = new URL(String(input)).searchParams;
          return Response.json({});
        };
        const instance = alipayWeb.create({ ...alipayConfig, privateKey: key, signType }, { ...world, fetch });
        await assert.rejects(instance.getUserInfo({ auth_code: 'c' }, call), { code: 'invalid_response' });
        assert.ok(asked && hash);
        const { sign = '', ...signed } = Object.fromEntries(asked);
        const text = Object.keys(signed)
          .sort()
          .map((name) => `${name}=${signed[name]}`);
        assert.ok(verify(hash, Buffer.from(text.join('&')), publicKey, Buffer.from(sign, 'base64')));
        assert.equal(signed.timestamp, '1970-01-01 08:00:00', 'the time of Beijing');
      }
    }
  });

  it('takes the name that Apple posts once, and the email address from the ID token alone', async () => {
    const config = { clientId: 'com.example.web' };
    const nameWith = async (user: string) => {
      const sandbox = openSandbox();
      const instance = apple.create(config, { ...world, fetch: sandbox.fetch, now: () => Date.UTC(2026, 0, 1) });
      const session = memorySession();
      const address = await instance.getAuthorizationUri(authorizationRequest, { session });
      assert.equal(new URL(address).searchParams.get('response_mode'), 'form_post');
      const { parameters } = await sandbox.agree({ address, persona: 'mei', outcome: 'success' });
      const { name, email } = await instance.getUserInfo({ ...parameters, user }, { session });
      assert.equal(email, mei.email);
      return name;
    };
    assert.equal(await nameWith('{"name":{"firstName":"Mei","lastName":"Lin"},"email":"x@y.example"}'), 'Mei Lin');
    for (const user of ['', '{', '[]', '{"name":{"firstName":7}}', '{"email":"x@y.example"}'])
      assert.equal(await nameWith(user), undefined);
  });

  it('accepts no ID token of Apple that belongs to another code', async () => {
    const sandbox = openSandbox();
    const instance = apple.create(
      { clientId: 'com.example.web' },
      { ...world, fetch: sandbox.fetch, now: () => Date.UTC(2026, 0, 1) },
    );
    const session = memorySession();
    const address = await instance.getAuthorizationUri(authorizationRequest, { session });
    const { parameters } = await sandbox.agree({ address, persona: 'mei', outcome: 'success' });
    for (const forged of [{ code: 'of another' }, { id_token: '' }, { id_token: 'a.b.c' }])
      await assert.rejects(instance.getUserInfo({ ...parameters, ...forged }, { session }), {
        code: 'social_invalid_id_token',
      });
  });
});
