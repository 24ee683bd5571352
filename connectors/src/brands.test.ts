import assert from 'node:assert/strict';
import { createPrivateKey, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { authorizationRequest, memorySession } from '../kit/conformance.ts';
import { findPersona } from '../sandbox/index.ts';
import { alipayWeb } from './alipay-web/index.ts';
import { apple } from './apple/index.ts';
import { alipayConfig, alipayPublicKey, type Brand, brands } from './testing/brands.ts';
import { client, openSandbox, tryProvider } from './testing/trials.ts';
import { wecom } from './wecom/index.ts';

const mei = findPersona('mei');
assert.ok(mei);

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
    const bare = (type: 'pkcs1' | 'pkcs8') =>
      createPrivateKey(alipayConfig.privateKey).export({ format: 'der', type }).toString('base64');
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
        assert.ok(verify(hash, Buffer.from(text.join('&')), alipayPublicKey, Buffer.from(sign, 'base64')));
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
