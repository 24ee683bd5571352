import {
  brandMetadata,
  createCodeConnector,
  letterLogo,
  oauthClientConfig,
  oauthClientForm,
  usualAuthorization,
  usualRedemption,
  z,
} from '../../kit/index.ts';

const scope = 'get_user_info';
const graph = 'https://graph.qq.com';

/** Sign-in with a QQ account. */
export const qq = createCodeConnector({
  metadata: brandMetadata({
    id: 'qq-universal',
    target: 'qq',
    name: 'QQ',
    logo: letterLogo('Q', '#0b6fb8'),
    formItems: oauthClientForm(scope),
  }),
  config: z.object(oauthClientConfig),
  authorization: (config, request) => ({
    address: `${graph}/oauth2.0/authorize`,
    parameters: usualAuthorization(config, request, scope),
  }),
  errors: {
    code: ['error', 'ret'],
    message: ['error_description', 'msg'],
    success: '0',
    invalidCode: ['100018', '100019', '100020', '100021'],
    invalidClient: ['100008', '100009'],
    invalidToken: ['100013', '100014', '100015', '100016'],
  },
  signIn: async (callback, ask, config) => {
    const { access_token } = await ask({
      purpose: 'token',
      address: `${graph}/oauth2.0/token`,
      query: { ...usualRedemption(config, callback), fmt: 'json' },
      answer: z.object({ access_token: z.string().min(1) }),
    });
    const { openid } = await ask({
      purpose: 'profile',
      address: `${graph}/oauth2.0/me`,
      query: { access_token, fmt: 'json' },
      answer: z.object({ openid: z.string().min(1) }),
    });
    const rawData = await ask({
      purpose: 'profile',
      address: `${graph}/user/get_user_info`,
      query: { access_token, oauth_consumer_key: config.clientId, openid },
      answer: z.looseObject({ nickname: z.string(), figureurl_qq_2: z.string().nullish() }),
    });
    // QQ writes http addresses; its picture hosts answer https as well.
    const avatar = rawData.figureurl_qq_2?.replace(/^http:/, 'https:');
    return { id: openid, name: rawData.nickname, avatar, rawData };
  },
});
