import { createCodeConnector, guideFiles, z } from '../../kit/index.ts';
import {
  alipayConfig,
  alipayErrors,
  alipayFormItems,
  alipayLogo,
  alipayName,
  alipayTarget,
  readAlipayUser,
} from '../alipay/gateway.ts';

const scope = 'auth_user';

/** Alipay (Web): the user signs in at Alipay, or scans a QR code with the Alipay app. */
export const alipayWeb = createCodeConnector({
  metadata: {
    id: 'alipay-web',
    target: alipayTarget,
    type: 'Social',
    platform: 'Web',
    name: alipayName,
    description: {
      en: 'Sign in on the web with an Alipay account.',
      es: 'Inicio de sesión en la web con una cuenta de Alipay.',
      'zh-CN': '在网页上使用支付宝账号登录。',
    },
    logo: alipayLogo,
    logoDark: null,
    guide: guideFiles('alipay-web'),
    formItems: [
      ...alipayFormItems,
      { key: 'scope', type: 'Text', label: 'Scope', placeholder: scope, description: `Leave it empty for ${scope}.` },
      {
        key: 'charset',
        type: 'Select',
        label: 'Charset',
        defaultValue: 'utf8',
        selectItems: [{ value: 'utf8', title: 'UTF-8' }],
      },
    ],
  },
  config: z.object({ ...alipayConfig, scope: z.string().optional(), charset: z.literal('utf8').optional() }),
  authorization: ({ appId, scope: wanted }, { state, redirectUri, scope: asked }) => ({
    address: 'https://openauth.alipay.com/oauth2/publicAppAuthorize.htm',
    parameters: { app_id: appId, redirect_uri: redirectUri, scope: asked || wanted || scope, state },
  }),
  codeParameter: 'auth_code',
  errors: alipayErrors,
  signIn: ({ code }, ask, config, world) => readAlipayUser(code, ask, config, world),
});
