/** Providers of one kind of accounts each, with answers as their public documentation describes them. */
import { claimsOf } from './personas.ts';
import type { PlayedProvider } from './played-provider.ts';

const text = (number: number): string => String(number);

/** A provider with the standard claims at its userinfo endpoint. */
const standard = (provider: Omit<PlayedProvider, 'profiles'>, userinfo: string): PlayedProvider => ({
  ...provider,
  profiles: { [userinfo]: claimsOf },
});

const facebookError = (code: number, message: string) => ({
  status: 400,
  body: { error: { message, type: 'OAuthException', code, fbtrace_id: 'sandbox' } },
});
const slackError = (error: string) => ({ body: { ok: false, error } });

export const playedBrands: readonly PlayedProvider[] = [
  {
    key: 'apple',
    name: 'Apple',
    authorization: 'https://appleid.apple.com/auth/authorize',
    token: 'https://appleid.apple.com/auth/token',
    openid: {
      issuer: 'https://appleid.apple.com',
      keys: 'https://appleid.apple.com/auth/keys',
      claims: ({ key, email, isEmailVerified }) => ({
        sub: `001999.${key}.1026`,
        email,
        email_verified: String(isEmailVerified),
        is_private_email: 'false',
        nonce_supported: true,
      }),
    },
    sendsIdToken: true,
    profiles: {},
  },
  {
    key: 'azuread',
    name: 'Microsoft',
    authorization: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    openid: {
      issuer: 'https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0',
      keys: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
      claims: ({ key, number, nickname, email, isEmailVerified }) => ({
        sub: `pairwise-${key}`,
        oid: `00000000-0000-0000-0000-00000000${number}`,
        tid: '9122040d-6c67-4c5b-b112-36a304b66dad',
        name: nickname,
        email,
        xms_edov: isEmailVerified,
      }),
    },
    profiles: {},
  },
  {
    key: 'facebook',
    name: 'Facebook',
    authorization: 'https://www.facebook.com/v23.0/dialog/oauth',
    token: 'https://graph.facebook.com/v23.0/oauth/access_token',
    profiles: {
      'https://graph.facebook.com/v23.0/me': ({ number, nickname, email, headimgurl }) => ({
        id: text(number),
        name: nickname,
        email,
        picture: { data: { height: 256, is_silhouette: false, url: headimgurl, width: 256 } },
      }),
    },
    refusals: {
      code: facebookError(100, 'This authorization code has been used.'),
      client: facebookError(1, 'Error validating client secret.'),
      token: { ...facebookError(190, 'Error validating access token.'), status: 401 },
    },
  },
  standard(
    {
      key: 'linkedin',
      name: 'LinkedIn',
      authorization: 'https://www.linkedin.com/oauth/v2/authorization',
      token: 'https://www.linkedin.com/oauth/v2/accessToken',
    },
    'https://api.linkedin.com/v2/userinfo',
  ),
  {
    key: 'x',
    name: 'X',
    authorization: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    profiles: {
      'https://api.x.com/2/users/me': ({ number, key, nickname, email, isEmailVerified }) => ({
        data: {
          id: text(number),
          name: nickname,
          username: key,
          profile_image_url: `https://pbs.twimg.com/profile_images/${number}/${key}_normal.jpg`,
          ...(isEmailVerified ? { confirmed_email: email } : {}),
        },
      }),
    },
  },
  {
    key: 'discord',
    name: 'Discord',
    authorization: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
    profiles: {
      'https://discord.com/api/users/@me': ({ number, key, nickname, email, isEmailVerified }) => ({
        id: text(number),
        username: key,
        global_name: nickname,
        avatar: '8342729096ea3675442027381ff50dfe',
        email,
        verified: isEmailVerified,
      }),
    },
  },
  {
    key: 'slack',
    name: 'Slack',
    authorization: 'https://slack.com/openid/connect/authorize',
    token: 'https://slack.com/api/openid.connect.token',
    openid: { issuer: 'https://slack.com', keys: 'https://slack.com/openid/connect/keys' },
    profiles: {},
    refusals: { code: slackError('invalid_code'), client: slackError('bad_client_secret') },
  },
  standard(
    {
      key: 'gitlab',
      name: 'GitLab',
      authorization: 'https://gitlab.com/oauth/authorize',
      token: 'https://gitlab.com/oauth/token',
    },
    'https://gitlab.com/oauth/userinfo',
  ),
  {
    key: 'line',
    name: 'LINE',
    authorization: 'https://access.line.me/oauth2/v2.1/authorize',
    token: 'https://api.line.me/oauth2/v2.1/token',
    profiles: {
      'https://api.line.me/oauth2/v2.1/userinfo': ({ key, nickname, headimgurl }) => ({
        sub: `sandbox-${key}`,
        name: nickname,
        picture: headimgurl,
      }),
    },
  },
  {
    key: 'kakao',
    name: 'Kakao',
    authorization: 'https://kauth.kakao.com/oauth/authorize',
    token: 'https://kauth.kakao.com/oauth/token',
    profiles: {
      'https://kapi.kakao.com/v2/user/me': ({ number, nickname, headimgurl, email, isEmailVerified }) => ({
        id: number,
        connected_at: '2026-01-01T00:00:00Z',
        kakao_account: {
          profile: { nickname, profile_image_url: headimgurl, is_default_image: false },
          has_email: true,
          is_email_valid: true,
          is_email_verified: isEmailVerified,
          email,
        },
      }),
    },
    refusals: { token: { status: 401, body: { msg: 'this access token does not exist', code: -401 } } },
  },
  {
    key: 'naver',
    name: 'Naver',
    authorization: 'https://nid.naver.com/oauth2.0/authorize',
    token: 'https://nid.naver.com/oauth2.0/token',
    profiles: {
      'https://openapi.naver.com/v1/nid/me': ({ key, nickname, headimgurl, email }) => ({
        resultcode: '00',
        message: 'success',
        response: { id: `sandbox-${key}`, nickname, profile_image: headimgurl, email, name: nickname },
      }),
    },
    refusals: { token: { status: 401, body: { resultcode: '024', message: 'Authentication failed' } } },
  },
  {
    key: 'amazon',
    name: 'Amazon',
    authorization: 'https://www.amazon.com/ap/oa',
    token: 'https://api.amazon.com/auth/o2/token',
    profiles: {
      'https://api.amazon.com/user/profile': ({ number, nickname, email }) => ({
        user_id: `amzn1.account.${number}`,
        name: nickname,
        email,
      }),
    },
  },
  standard(
    {
      key: 'huggingface',
      name: 'Hugging Face',
      authorization: 'https://huggingface.co/oauth/authorize',
      token: 'https://huggingface.co/oauth/token',
    },
    'https://huggingface.co/oauth/userinfo',
  ),
  {
    key: 'patreon',
    name: 'Patreon',
    authorization: 'https://www.patreon.com/oauth2/authorize',
    token: 'https://www.patreon.com/api/oauth2/token',
    profiles: {
      'https://www.patreon.com/api/oauth2/v2/identity': ({ number, nickname, headimgurl, email, isEmailVerified }) => ({
        data: {
          attributes: { email, full_name: nickname, image_url: headimgurl, is_email_verified: isEmailVerified },
          id: text(number),
          type: 'user',
        },
      }),
    },
  },
  {
    key: 'kook',
    name: 'KOOK',
    authorization: 'https://www.kookapp.cn/app/oauth2/authorize',
    token: 'https://www.kookapp.cn/api/oauth2/token',
    profiles: {
      'https://www.kookapp.cn/api/v3/user/me': ({ number, nickname, headimgurl }) => ({
        code: 0,
        message: '',
        data: { id: text(number), username: nickname, identify_num: '0001', avatar: headimgurl },
      }),
    },
    refusals: { token: { body: { code: 401, message: 'unauthorized', data: {} } } },
  },
];
