/**
 * WeChat (Official Account): pages inside the WeChat app, whose user agrees without a QR code. The sign-in page offers
 * it in WeChat's own browser alone; the calls to WeChat's servers are in `../wechat/`.
 */
import { defineConnector, guideFiles, z } from '../../kit/index.ts';
import { getWechatUser } from '../wechat/api.ts';
import { wechatAppConfig, wechatAppFormItems, wechatLogo, wechatName, wechatTarget } from '../wechat/metadata.ts';

export const wechatOfficialAccount = defineConnector({
  metadata: {
    id: 'wechat-official-account',
    target: wechatTarget,
    type: 'Social',
    platform: 'OfficialAccount',
    name: wechatName,
    description: {
      en: 'Sign in on pages that users open inside the WeChat app.',
      es: 'Inicio de sesión en páginas que el usuario abre dentro de la aplicación WeChat.',
      'zh-CN': '在微信内打开的网页中登录。',
    },
    logo: wechatLogo,
    logoDark: null,
    guide: guideFiles('wechat-official-account'),
    formItems: wechatAppFormItems('an Official Account'),
  },
  config: z.object(wechatAppConfig),
  create: (config, world) => ({
    getAuthorizationUri: async ({ state, redirectUri, scope }) => {
      const query = new URLSearchParams({
        appid: config.appId,
        redirect_uri: redirectUri,
        response_type: 'code',
        // `snsapi_base` would give neither name nor picture.
        scope: scope || 'snsapi_userinfo',
        state,
      });
      return `https://open.weixin.qq.com/connect/oauth2/authorize?${query}#wechat_redirect`;
    },
    getUserInfo: (data, call) => getWechatUser(world, config, data, call),
  }),
});
