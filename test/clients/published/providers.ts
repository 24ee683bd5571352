/* Answers of the providers that published packages call, in the form of the providers' public documentation. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { originalHost } from './redirect.ts';

export interface Asked {
  readonly host: string;
  readonly path: string;
  /** URL and body, with the encodings of forms undone. */
  readonly text: string;
}

const user = { id: '4130', name: 'Mei Lin', email: 'mei@example.com', avatar: 'https://example.com/mei.png' };
const token = {
  ...{ access_token: 'token-4130', token_type: 'Bearer', expires_in: 3600, scope: 'openid profile email' },
  refresh_token: 'refresh-4130',
};
/** Of a refresh, which gives another access token. */
const renewed = { ...token, access_token: 'token-4131' };
const tokenFor = ({ text }: Asked) =>
  text.includes('grant_type=refresh_token') && text.includes(token.refresh_token) ? renewed : token;
const claims = { sub: user.id, name: user.name, picture: user.avatar, email: user.email, email_verified: true };

type Answers = (asked: Asked, own: OwnAnswers) => Promise<unknown> | unknown;

interface OwnAnswers {
  idToken: (issuer: string, audience: string) => Promise<string>;
  keys: () => unknown;
}

const messageAnswers: Record<string, Answers> = {
  'api.sendgrid.com': () => '',
  'api.mailgun.net': () => ({ id: '<1@mg.example.com>', message: 'Queued. Thank you.' }),
  'email.eu-west-1.amazonaws.com': () => ({ MessageId: '0102' }),
  'dysmsapi.aliyuncs.com': () => ({ Code: 'OK', Message: 'OK', BizId: '1', RequestId: '1' }),
  'dm.aliyuncs.com': () => ({ EnvId: '1', RequestId: '1' }),
  'api.twilio.com': () => ({ sid: 'SM1', status: 'queued' }),
  'api.postmarkapp.com': () => ({ ErrorCode: 0, Message: 'OK', MessageID: '1', SubmittedAt: '2026-01-01T00:00:00Z' }),
  'api.smtp2go.com': () => ({ request_id: '1', data: { succeeded: 1, failed: 0, failures: [], email_id: '1' } }),
  'messages.example': () => 'thanks',
  'rest.nexmo.com': () => ({ 'message-count': '1', messages: [{ to: '1', 'message-id': '1', status: '0' }] }),
  'sms.tencentcloudapi.com': () => ({
    Response: {
      SendStatusSet: [
        { SerialNo: '1', PhoneNumber: '+34', Fee: 1, SessionContext: '', Code: 'Ok', Message: 'ok', IsoCode: 'ES' },
      ],
      RequestId: '1',
    },
  }),
  'gatewayapi.com': () => ({ ids: [1], usage: { countries: { ES: 1 }, currency: 'EUR', total_cost: 0.1 } }),
  'gate.smsaero.ru': () => ({
    success: true,
    data: {
      id: 1,
      from: 'a',
      number: '1',
      text: 't',
      status: 0,
      extendStatus: 'queue',
      channel: 'c',
      cost: 1,
      dateCreate: 1,
      dateSend: 1,
    },
    message: null,
  }),
  'api.smsbao.com': () => '0',
  'sms.yunpian.com': () => ({ code: 0, msg: 'ok', count: 1, fee: 0.05, unit: 'RMB', mobile: '1', sid: 1 }),
};

const alipay: Answers = ({ text }) =>
  text.includes('alipay.system.oauth.token')
    ? {
        alipay_system_oauth_token_response: {
          user_id: user.id,
          access_token: token.access_token,
          expires_in: 3600,
          refresh_token: 'r',
          re_expires_in: 3600,
        },
        sign: 's',
      }
    : {
        alipay_user_info_share_response: {
          code: '10000',
          msg: 'Success',
          user_id: user.id,
          nick_name: user.name,
          avatar: user.avatar,
        },
        sign: 's',
      };

const socialAnswers: Record<string, Answers> = {
  'oauth2.googleapis.com': tokenFor,
  'api.amazon.com': (asked) =>
    asked.path.includes('/token') ? tokenFor(asked) : { user_id: user.id, name: user.name, email: user.email },
  'github.com': tokenFor,
  'api.github.com': ({ path }) =>
    path.includes('emails')
      ? [{ email: user.email, primary: true, verified: true, visibility: 'private' }]
      : { id: Number(user.id), login: 'mei', name: user.name, email: user.email, avatar_url: user.avatar },
  'gitlab.com': (asked) => (asked.path.includes('/token') ? tokenFor(asked) : { ...claims, nickname: 'mei' }),
  'www.linkedin.com': tokenFor,
  'api.linkedin.com': () => claims,
  'nid.naver.com': (asked) => ({ ...tokenFor(asked), expires_in: '3600' }),
  'openapi.naver.com': () => ({
    resultcode: '00',
    message: 'success',
    response: { id: user.id, nickname: user.name, name: user.name, email: user.email, profile_image: user.avatar },
  }),
  'www.patreon.com': (asked) =>
    asked.path.includes('/token')
      ? tokenFor(asked)
      : {
          data: {
            id: user.id,
            type: 'user',
            attributes: {
              ...{ full_name: user.name, email: user.email, image_url: user.avatar, is_email_verified: true },
              ...{ vanity: 'mei', url: 'https://www.patreon.com/mei', created: '2020-01-01T00:00:00.000+00:00' },
            },
          },
        },
  'openidconnect.googleapis.com': () => claims,
  'appleid.apple.com': (_, own) => own.keys(),
  'openapi.alipay.com': alipay,
  'discord.com': ({ path }) =>
    path.includes('/token')
      ? token
      : { id: user.id, username: user.name, global_name: user.name, avatar: 'a', email: user.email, verified: true },
  'graph.facebook.com': (asked) => {
    const { path } = asked;
    if (path.endsWith('/messages')) return { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] };
    return path.includes('access_token?') || path.includes('oauth')
      ? tokenFor(asked)
      : { id: user.id, name: user.name, email: user.email, picture: { data: { url: user.avatar } } };
  },
  'passport.feishu.cn': ({ path }) => (path.includes('token') ? token : feishu),
  'open.feishu.cn': ({ path }) =>
    path.includes('token') ? { code: 0, ...token } : { code: 0, msg: 'success', data: feishu },
  'kauth.kakao.com': () => token,
  'kapi.kakao.com': () => ({
    id: Number(user.id),
    kakao_account: {
      is_email_valid: true,
      email: user.email,
      profile: { nickname: user.name, profile_image_url: user.avatar, is_default_image: false },
    },
  }),
  'api.line.me': async ({ path }, own) => {
    if (path.includes('/token'))
      return { ...token, id_token: await own.idToken('https://access.line.me', 'client-4130') };
    if (path.includes('certs')) return own.keys();
    if (path.includes('verify'))
      return { ...claims, iss: 'https://access.line.me', aud: 'client-4130', exp: 4e9, iat: 1 };
    return { sub: user.id, name: user.name, picture: user.avatar, userId: user.id, displayName: user.name };
  },
  'login.microsoftonline.com': async ({ path }, own) => {
    const base = 'https://login.microsoftonline.com/tenant-4130';
    if (path.includes('openid-configuration'))
      return {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      };
    if (path.includes('discovery/instance'))
      return { tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`, metadata: [] };
    const info = Buffer.from(JSON.stringify({ uid: user.id, utid: 'tenant-4130' })).toString('base64url');
    return { ...token, id_token: await own.idToken(`${base}/v2.0`, 'client-4130'), client_info: info };
  },
  'graph.microsoft.com': () => ({
    id: user.id,
    displayName: user.name,
    mail: user.email,
    userPrincipalName: user.email,
  }),
  'provider.example': async (asked, own) => {
    const { path } = asked;
    if (path.includes('/token'))
      return { ...tokenFor(asked), id_token: await own.idToken('https://provider.example', 'client-4130') };
    return path.includes('/keys') ? own.keys() : { ...claims, id: user.id };
  },
};

const feishu = {
  sub: user.id,
  open_id: user.id,
  union_id: user.id,
  user_id: user.id,
  name: user.name,
  en_name: user.name,
  picture: user.avatar,
  avatar_url: user.avatar,
  avatar_thumb: user.avatar,
  avatar_middle: user.avatar,
  avatar_big: user.avatar,
  email: user.email,
  mobile: '+8613800138000',
  tenant_key: 't',
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // JSON with a percent sign.
    return text;
  }
};

/** Plays every provider on one port. `nonce` is put into the ID tokens. */
export async function startProviders() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const asked: Asked[] = [];
  const state = { nonce: undefined as string | undefined };
  const own: OwnAnswers = {
    keys: () => ({ keys: [jwk] }),
    idToken: (issuer, audience) =>
      new SignJWT({ ...claims, ...(state.nonce === undefined ? {} : { nonce: state.nonce }) })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const host = String(request.headers[originalHost] ?? request.headers.host);
    const path = request.url ?? '';
    const question = { host, path, text: `${decode(path)} ${body} ${decode(body)}` };
    asked.push(question);
    const answers = { ...messageAnswers, ...socialAnswers }[host];
    const answer = await answers?.(question, own);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    state,
    idToken: own.idToken,
    close: () => server.close(),
  };
}
