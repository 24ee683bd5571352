/**
 * WeChat (Web): the person scans a QR code on a web page with the WeChat app of their phone.
 *
 * Owns the address of WeChat's QR page and the form of its configuration. The calls to WeChat's servers are shared
 * with WeChat (Native) in `../wechat/`.
 */
import { defineConnector, guideFiles, z } from '../../kit/index.ts';
import { getWechatUser } from '../wechat/api.ts';
import { wechatAppConfig, wechatAppFormItems, wechatLogo, wechatName, wechatTarget } from '../wechat/metadata.ts';

const authorizationEndpoint = 'https://open.weixin.qq.com/connect/qrconnect';
const defaultScope = 'snsapi_login';

export const wechatWeb = defineConnector({
  metadata: {
    id: 'wechat-web',
    target: wechatTarget,
    type: 'Social',
    platform: 'Web',
    name: wechatName,
    description: {
      en: 'Sign in on the web by scanning a QR code with WeChat.',
      es: 'Inicio de sesión en la web escaneando un código QR con WeChat.',
      'zh-CN': '在网页上使用微信扫描二维码登录。',
    },
    logo: wechatLogo,
    logoDark: null,
    guide: guideFiles('wechat-web'),
    formItems: [
      ...wechatAppFormItems('the app on WeChat Open Platform'),
      {
        key: 'scope',
        type: 'Text',
        label: 'Scope',
        placeholder: defaultScope,
        required: false,
        description: `Leave it empty for ${defaultScope}, the only scope that WeChat offers to websites.`,
      },
    ],
  },
  config: z.object({ ...wechatAppConfig, scope: z.string().optional() }),
  create: (config, world) => ({
    getAuthorizationUri: async ({ state, redirectUri, scope }) => {
      const query = new URLSearchParams({
        appid: config.appId,
        redirect_uri: encodeURI(redirectUri),
        response_type: 'code',
        scope: scope || config.scope || defaultScope,
        state,
      });
      return `${authorizationEndpoint}?${query.toString()}`;
    },
    getUserInfo: (data, call) => getWechatUser(world, config, data, call),
  }),
});
