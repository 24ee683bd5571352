/**
 * WeChat (Native): the person signs in with the WeChat app on the same phone.
 *
 * Owns the address that the app's SDK turns into a call of the WeChat app, and the form of its configuration. The
 * calls to WeChat's servers are shared with WeChat (Web) in `../wechat/`.
 */
import { defineConnector, guideFiles, z } from '../../kit/index.ts';
import { getWechatUser } from '../wechat/api.ts';
import { wechatAppConfig, wechatAppFormItems, wechatLogo, wechatName, wechatTarget } from '../wechat/metadata.ts';

export const wechatNative = defineConnector({
  metadata: {
    id: 'wechat-native',
    target: wechatTarget,
    type: 'Social',
    platform: 'Native',
    name: wechatName,
    description: {
      en: 'Sign in with the WeChat app inside your iOS or Android app.',
      es: 'Inicio de sesión con la aplicación WeChat dentro de tu aplicación para iOS o Android.',
      'zh-CN': '在你的 iOS 或 Android 应用中使用手机上的微信登录。',
    },
    logo: wechatLogo,
    logoDark: null,
    guide: guideFiles('wechat-native'),
    formItems: [
      ...wechatAppFormItems('the app on WeChat Open Platform'),
      {
        key: 'universalLinks',
        type: 'Text',
        label: 'Universal Links',
        placeholder: 'https://example.com/wechat/',
        required: false,
        description: 'The Universal Link registered on WeChat Open Platform. iOS apps cannot sign in without it.',
      },
    ],
  },
  config: z.object({ ...wechatAppConfig, universalLinks: z.string().optional() }),
  create: (config, world) => ({
    // The apps' SDKs read these parameters; the redirect URI goes to the app beside this address, not in it.
    getAuthorizationUri: async ({ state }) => {
      const query = new URLSearchParams({ app_id: config.appId, state });
      if (config.universalLinks) query.set('universal_link', config.universalLinks);
      return `wechat://?${query.toString()}`;
    },
    getUserInfo: (data, call) => getWechatUser(world, config, data, call),
  }),
});
