/** Connectors for one provider's accounts each, with a configuration and what the sandbox's provider says of Mei. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { findPersona } from '../../sandbox/index.ts';
import { alipayNative } from '../alipay-native/index.ts';
import { alipayWeb } from '../alipay-web/index.ts';
import { amazon } from '../amazon/index.ts';
import { apple } from '../apple/index.ts';
import { azuread } from '../azuread/index.ts';
import { dingtalk } from '../dingtalk/index.ts';
import { discord } from '../discord/index.ts';
import { facebook } from '../facebook/index.ts';
import { feishu } from '../feishu/index.ts';
import { gitlab } from '../gitlab/index.ts';
import { huggingFace } from '../huggingface/index.ts';
import { kakao } from '../kakao/index.ts';
import { kook } from '../kook/index.ts';
import { line } from '../line/index.ts';
import { linkedin } from '../linkedin/index.ts';
import { naver } from '../naver/index.ts';
import { patreon } from '../patreon/index.ts';
import { qq } from '../qq/index.ts';
import { slack } from '../slack/index.ts';
import { wecom } from '../wecom/index.ts';
import { x } from '../x/index.ts';
import { xiaomi } from '../xiaomi/index.ts';
import { client, type Trial } from './trials.ts';

export interface Brand
  extends Omit<Trial, 'config' | 'invalidConfigs'>,
    Partial<Pick<Trial, 'config' | 'invalidConfigs'>> {
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
export const alipayPublicKey = publicKey;
const alipayAppConfig = {
  appId: '2021000000000000',
  privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  signType: 'RSA2',
};
export const alipayConfig = { ...alipayAppConfig, scope: 'auth_user', charset: 'utf8' };

export const brands: readonly Brand[] = [
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
