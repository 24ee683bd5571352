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

/** Alipay (Native): the user signs in with the Alipay app on the same phone. */
export const alipayNative = createCodeConnector({
  metadata: {
    id: 'alipay-native',
    target: alipayTarget,
    type: 'Social',
    platform: 'Native',
    name: alipayName,
    description: {
      en: 'Sign in with the Alipay app inside your iOS or Android app.',
      es: 'Inicio de sesión con la aplicación Alipay dentro de tu aplicación para iOS o Android.',
      'zh-CN': '在你的 iOS 或 Android 应用中使用手机上的支付宝登录。',
    },
    logo: alipayLogo,
    logoDark: null,
    guide: guideFiles('alipay-native'),
    formItems: alipayFormItems,
  },
  config: z.object(alipayConfig),
  // The apps' SDKs read these parameters; the redirect URI goes to the app beside this address, not in it.
  authorization: ({ appId }, { state }) => ({ address: 'alipay://', parameters: { app_id: appId, state } }),
  codeParameter: 'auth_code',
  errors: alipayErrors,
  signIn: ({ code }, ask, config, world) => readAlipayUser(code, ask, config, world),
});
