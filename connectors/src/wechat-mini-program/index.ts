/**
 * WeChat (Mini Program): the mini program gets a code from `wx.login` and hands it over through the Experience API; no
 * page is shown, so the sign-in page never offers it. The calls to WeChat's servers are in `../wechat/`.
 */
import { defineConnector, guideFiles, z } from '../../kit/index.ts';
import { getMiniProgramUser } from '../wechat/api.ts';
import { wechatAppConfig, wechatAppFormItems, wechatLogo, wechatName, wechatTarget } from '../wechat/metadata.ts';

export const wechatMiniProgram = defineConnector({
  metadata: {
    id: 'wechat-mini-program',
    target: wechatTarget,
    type: 'Social',
    platform: 'MiniProgram',
    name: wechatName,
    description: {
      en: 'Sign in inside your WeChat mini program.',
      es: 'Inicio de sesión dentro de tu miniprograma de WeChat.',
      'zh-CN': '在你的微信小程序中登录。',
    },
    logo: wechatLogo,
    logoDark: null,
    guide: guideFiles('wechat-mini-program'),
    formItems: wechatAppFormItems('a mini program'),
  },
  config: z.object(wechatAppConfig),
  create: (config, world) => ({
    // No address to open: it tells the mini program that `wx.login` comes next, in the form of the native connectors.
    getAuthorizationUri: async ({ state }) =>
      `wechat-mini-program://?${new URLSearchParams({ app_id: config.appId, state })}`,
    getUserInfo: (data, call) => getMiniProgramUser(world, config, data, call),
  }),
});
