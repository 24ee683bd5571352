import { brandMetadata, createCodeConnector, letterLogo, z } from '../../kit/index.ts';
import { readWecomUser } from './calls.ts';
import { wecomConfig, wecomFormItems } from './settings.ts';

/** Sign-in with a WeCom account: in WeCom's own browser at once, elsewhere by a QR code. */
export const wecom = createCodeConnector({
  metadata: brandMetadata({
    id: 'wecom-universal',
    target: 'wecom',
    name: 'WeCom',
    chineseName: '企业微信',
    logo: letterLogo('W', '#1f6fb5'),
    formItems: wecomFormItems,
  }),
  config: z.object(wecomConfig),
  authorization: ({ corpId, agentId, scope }, { state, redirectUri, userAgent = '' }) =>
    /wxwork/i.test(userAgent)
      ? {
          address: 'https://open.weixin.qq.com/connect/oauth2/authorize',
          parameters: {
            appid: corpId,
            redirect_uri: redirectUri,
            response_type: 'code',
            scope: scope || 'snsapi_base',
            state,
            agentid: agentId,
          },
          fragment: '#wechat_redirect',
        }
      : {
          address: 'https://login.work.weixin.qq.com/wwlogin/sso/login',
          parameters: { login_type: 'CorpApp', appid: corpId, agentid: agentId, redirect_uri: redirectUri, state },
        },
  errors: {
    code: ['errcode'],
    message: ['errmsg'],
    success: '0',
    invalidCode: ['40029', '42003'],
    invalidClient: ['40001', '40013'],
    invalidToken: ['40014', '42001'],
  },
  signIn: ({ code }, ask, config) => readWecomUser(code, ask, config),
});
