import {
  brandMetadata,
  createCodeConnector,
  letterLogo,
  oauthClientConfig,
  oauthClientForm,
  usualAuthorization,
  z,
} from '../../kit/index.ts';

const scope = 'openid';
const api = 'https://api.dingtalk.com/v1.0';

/** Sign-in with a DingTalk account. */
export const dingtalk = createCodeConnector({
  metadata: {
    ...brandMetadata({
      id: 'dingtalk-web',
      target: 'dingtalk',
      name: 'DingTalk',
      chineseName: '钉钉',
      logo: letterLogo('D', '#0f66d0'),
      formItems: oauthClientForm(scope),
    }),
    platform: 'Web',
  },
  config: z.object(oauthClientConfig),
  authorization: (config, request) => ({
    address: 'https://login.dingtalk.com/oauth2/auth',
    parameters: { ...usualAuthorization(config, request, scope), prompt: 'consent' },
  }),
  codeParameter: 'authCode',
  errors: {
    code: ['code'],
    message: ['message'],
    invalidCode: ['invalidParameter.authCode.notFound'],
    invalidClient: ['invalidClientIdOrSecret', 'invalidClientSecret'],
    invalidToken: ['InvalidAuthentication'],
  },
  signIn: async ({ code }, ask, { clientId, clientSecret }) => {
    const { accessToken } = await ask({
      purpose: 'token',
      address: `${api}/oauth2/userAccessToken`,
      json: { clientId, clientSecret, code, grantType: 'authorization_code' },
      answer: z.object({ accessToken: z.string().min(1) }),
    });
    const rawData = await ask({
      purpose: 'profile',
      address: `${api}/contact/users/me`,
      headers: { 'x-acs-dingtalk-access-token': accessToken },
      answer: z.looseObject({
        unionId: z.string().min(1),
        nick: z.string().nullish(),
        avatarUrl: z.string().nullish(),
      }),
    });
    return { id: rawData.unionId, name: rawData.nick, avatar: rawData.avatarUrl, rawData };
  },
});
