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
import { skipConfirmItem, xiaomiUser } from './xiaomi.ts';

const scope = '1 3';

/** Sign-in with a Xiaomi account. */
export const xiaomi = createCodeConnector({
  metadata: brandMetadata({
    id: 'xiaomi-universal',
    target: 'xiaomi',
    name: 'Xiaomi',
    chineseName: '小米',
    logo: letterLogo('mi', '#b84700'),
    formItems: [...oauthClientForm(scope), skipConfirmItem],
  }),
  config: z.object({ ...oauthClientConfig, skipConfirm: z.boolean().optional() }),
  authorization: (config, request) => ({
    address: 'https://account.xiaomi.com/oauth2/authorize',
    parameters: { ...usualAuthorization(config, request, scope), skip_confirm: String(config.skipConfirm ?? false) },
  }),
  prefix: '&&&START&&&',
  errors: {
    code: ['error', 'code'],
    message: ['error_description', 'description'],
    success: '0',
    invalidCode: ['96013'],
    invalidClient: ['96001', '96003'],
    invalidToken: ['96008'],
  },
  signIn: async (callback, ask, config) => {
    const { access_token } = await ask({
      purpose: 'token',
      address: 'https://account.xiaomi.com/oauth2/token',
      form: usualRedemption(config, callback),
      answer: z.object({ access_token: z.string().min(1) }),
    });
    const { data } = await ask({
      purpose: 'profile',
      address: 'https://open.account.xiaomi.com/user/profile',
      query: { clientId: config.clientId, token: access_token },
      answer: z.object({ data: xiaomiUser }),
    });
    return { id: data.unionId, name: data.miliaoNick, avatar: data.miliaoIcon, rawData: data };
  },
});
