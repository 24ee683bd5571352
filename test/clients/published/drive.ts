/*
 * Loads every published package of a folder through the server's adapter and uses it once: authorization and profile,
 * or a message. Prints one JSON document: what each package was asked and what came of it.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { Call, Connector, SessionData, World } from '../../../connectors/kit/index.ts';
import { loadConnectorPackages } from '../../../server/src/features/connectors/connectors/index.ts';
import { startProviders } from './providers.ts';
import { redirectRequests } from './redirect.ts';

const client = { clientId: 'client-4130', clientSecret: 'secret-4130' };
const templatesOf = (members: object) =>
  ['SignIn', 'Register', 'ForgotPassword', 'OrganizationInvitation', 'Generic'].map((usageType) => ({
    usageType,
    ...members,
  }));
const mails = { templates: templatesOf({ type: 'text/html', subject: 'Code', content: 'Your code is {{code}}' }) };
const texts = { templates: templatesOf({ content: 'Your code is {{code}}' }) };
const endpoint = { endpoint: 'https://messages.example/in', authorization: 'Bearer key' };
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const standard = {
  ...client,
  authorizationEndpoint: 'https://provider.example/authorize',
  tokenEndpoint: 'https://provider.example/token',
  scope: 'openid profile email',
  // As the form stores it: the packages refresh with the configuration as it is, without defaults.
  tokenEndpointAuthMethod: 'client_secret_post',
};

const configurations: Readonly<Record<string, object>> = {
  'google-universal': client,
  'apple-universal': { clientId: client.clientId },
  'alipay-native': { appId: '2021000000000000', privateKey: rsaKey, signType: 'RSA2' },
  'azuread-universal': { ...client, cloudInstance: 'https://login.microsoftonline.com', tenantId: 'tenant-4130' },
  'discord-universal': client,
  'facebook-universal': client,
  'feishu-web': { appId: client.clientId, appSecret: client.clientSecret },
  'kakao-universal': client,
  'amazon-universal': client,
  'github-universal': client,
  'gitlab-universal': client,
  'linkedin-universal': client,
  'naver-universal': client,
  'patreon-universal': client,
  'line-universal': client,
  oidc: {
    ...standard,
    idTokenVerificationConfig: { jwksUri: 'https://provider.example/keys', issuer: 'https://provider.example' },
  },
  oauth2: {
    ...standard,
    userInfoEndpoint: 'https://provider.example/me',
    tokenEndpointResponseType: 'json',
    profileMap: { id: 'id', name: 'name', email: 'email' },
  },
  'sendgrid-email-service': { apiKey: 'SG.key', fromEmail: 'no-reply@example.com', ...mails },
  'mailgun-email': {
    domain: 'mg.example.com',
    apiKey: 'key',
    from: 'a@mg.example.com',
    deliveries: Object.fromEntries(
      templatesOf({}).map(({ usageType }) => [usageType, { subject: 'Code', html: 'Your code is {{code}}' }]),
    ),
  },
  'aws-ses-mail': {
    accessKeyId: 'AKID',
    accessKeySecret: 'secret',
    region: 'eu-west-1',
    emailAddress: 'no-reply@example.com',
    ...mails,
  },
  'aliyun-direct-mail': { accessKeyId: 'a', accessKeySecret: 's', accountName: 'a@example.com', ...mails },
  'aliyun-short-message-service': {
    accessKeyId: 'a',
    accessKeySecret: 's',
    signName: 'x',
    templates: templatesOf({ templateCode: 'SMS_1' }),
  },
  'twilio-short-message-service': {
    accountSID: 'AC1',
    authToken: 't',
    fromMessagingServiceSID: 'MG1',
    ...texts,
  },
  'postmark-mail': { serverToken: 't', fromEmail: 'a@example.com', templates: templatesOf({ templateAlias: 'code' }) },
  'smtp2go-email-service': { apiKey: 'api-1', sender: 'a@example.com', ...mails },
  'http-email': endpoint,
  'http-sms': endpoint,
  'vonage-sms': { apiKey: 'k', apiSecret: 's', brandName: 'Example', ...texts },
  'tencent-short-message-service': {
    ...{ accessKeyId: 'a', accessKeySecret: 's', signName: 'x', sdkAppId: '1400', region: 'ap-guangzhou' },
    templates: templatesOf({ templateCode: '1' }),
  },
  'whatsapp-short-message-service': {
    accessToken: 't',
    phoneNumberId: '1053',
    templates: templatesOf({ templateName: 'code', language: 'en' }),
  },
  'gatewayapi-sms': { endpoint: 'https://gatewayapi.com/rest/mtsms', apiToken: 't', sender: 'Example', ...texts },
  'smsaero-short-message-service': { email: 'a@example.com', apiKey: 'k', senderName: 'Example', ...texts },
  'smsbao-sms': { username: 'u', passwordOrApiKey: 'p', ...texts },
  'yunpian-sms': { apikey: 'k', enableInternational: true, ...texts },
};

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const world: World = { fetch: globalThis.fetch, now: Date.now, log: silent };

type Providers = Awaited<ReturnType<typeof startProviders>>;

const sessionOf = (): Call['session'] => {
  let kept: SessionData = {};
  return {
    get: async () => kept,
    set: async (data) => {
      kept = data;
    },
  };
};

async function signIn(connector: Connector, config: object, providers: Providers) {
  const redirectUri = 'https://id.example.com/callback/c';
  const instance = connector.create(config, world);
  const call = { session: sessionOf() };
  const request = { state: 'state-4130', redirectUri, connectorId: 'c', jti: 'j' };
  const address = await instance.getAuthorizationUri(request, call);
  const nonce = /[?&]nonce=([^&]+)/.exec(address)?.[1];
  providers.state.nonce = nonce === undefined ? undefined : decodeURIComponent(nonce);
  const callback = { code: 'code-4130', auth_code: 'code-4130', state: 'state-4130', redirectUri };
  const idToken = await providers.idToken('https://appleid.apple.com', client.clientId);
  const isApple = connector.metadata.target === 'apple';
  const data = isApple ? { ...callback, id_token: idToken } : callback;
  if (!instance.offers('getTokenResponseAndUserInfo'))
    return { address, profile: await instance.getUserInfo(data, call) };
  const { tokenResponse, userInfo } = await instance.getTokenResponseAndUserInfo(data, call);
  const { refresh_token: refreshToken = '' } = tokenResponse ?? {};
  const refreshed = await instance
    .getAccessTokenByRefreshToken(refreshToken, {})
    .then(({ access_token }) => access_token)
    .catch(({ code }: { code?: string }) => code);
  return { address, profile: userInfo, tokens: tokenResponse, refreshed };
}

async function send(connector: Connector, config: object) {
  const to = connector.metadata.type === 'Email' ? 'ana@example.com' : '34600000000';
  await connector.create(config, world).sendMessage({ to, type: 'SignIn', payload: { code: '314159' } }, {});
  return {};
}

async function main(folder: string): Promise<void> {
  const providers = await startProviders();
  redirectRequests(providers.url);
  const skipped: string[] = [];
  const log = { ...silent, warn: (_: object, message: string) => void skipped.push(message) };
  const connectors = await loadConnectorPackages({ folder, takenIds: [], log });
  const results = [];
  for (const connector of connectors) {
    const { id, type } = connector.metadata;
    const from = providers.asked.length;
    const config = configurations[id] ?? {};
    try {
      const outcome = type === 'Social' ? await signIn(connector, config, providers) : await send(connector, config);
      results.push({ id, type, ...outcome, asked: providers.asked.slice(from) });
    } catch (error) {
      const { message, data } = error as { message: string; data?: unknown };
      results.push({ id, type, failure: `${message} ${JSON.stringify(data)}`, asked: providers.asked.slice(from) });
    }
  }
  process.stdout.write(`${JSON.stringify({ skipped, results })}\n`, () => process.exit());
}

await main(process.argv[2] ?? '');
