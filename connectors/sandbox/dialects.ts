/** Providers that are OAuth 2.0 by name only, with answers as their public documentation describes them. */
import type { PlayedProvider } from './played-provider.ts';

const words = 'The sandbox says so.';
const qqError = (error: number) => ({ body: { error, error_description: words } });
const wecomError = (errcode: number) => ({ body: { errcode, errmsg: words } });
const dingtalkError = (code: string) => ({ status: 400, body: { code, requestid: 'sandbox', message: words } });
const alipayError = (sub_code: string) => ({
  body: { error_response: { code: '40002', msg: 'Invalid Arguments', sub_code, sub_msg: words }, sign: 'sandbox' },
});

const feishu: PlayedProvider = {
  key: 'feishu',
  name: 'Feishu',
  authorization: 'https://accounts.feishu.cn/open-apis/authen/v1/authorize',
  token: 'https://open.feishu.cn/open-apis/authen/v2/oauth/token',
  profiles: {
    'https://open.feishu.cn/open-apis/authen/v1/user_info': ({ key, nickname, headimgurl, email }) => ({
      code: 0,
      msg: 'success',
      data: { name: nickname, avatar_url: headimgurl, open_id: `ou_${key}`, union_id: `on_${key}`, email },
    }),
  },
  refusals: {
    code: { status: 400, body: { code: 20003, error: 'invalid_grant', error_description: words } },
    client: { status: 400, body: { code: 20002, error: 'invalid_client', error_description: words } },
    token: { status: 400, body: { code: 20005, msg: 'The user access token passed is invalid.' } },
  },
};

const qq: PlayedProvider = {
  key: 'qq',
  name: 'QQ',
  authorization: 'https://graph.qq.com/oauth2.0/authorize',
  token: 'https://graph.qq.com/oauth2.0/token',
  profiles: {
    'https://graph.qq.com/oauth2.0/me': ({ openid }) => ({ client_id: 'sandbox', openid }),
    'https://graph.qq.com/user/get_user_info': ({ nickname, number }) => ({
      ret: 0,
      msg: '',
      is_lost: 0,
      nickname,
      figureurl_qq_1: `http://thirdqq.qlogo.cn/g?b=oidb&k=${number}&s=40`,
      figureurl_qq_2: `http://thirdqq.qlogo.cn/g?b=oidb&k=${number}&s=100`,
    }),
  },
  dialect: { tokens: (access_token) => ({ access_token, expires_in: '7776000', refresh_token: 'sandbox' }) },
  refusals: { code: qqError(100020), client: qqError(100009), token: qqError(100016) },
};

const dingtalk: PlayedProvider = {
  key: 'dingtalk',
  name: 'DingTalk',
  authorization: 'https://login.dingtalk.com/oauth2/auth',
  token: 'https://api.dingtalk.com/v1.0/oauth2/userAccessToken',
  profiles: {
    'https://api.dingtalk.com/v1.0/contact/users/me': ({ key, nickname, headimgurl }) => ({
      nick: nickname,
      avatarUrl: headimgurl,
      openId: `open-${key}`,
      unionId: `union-${key}`,
      stateCode: '86',
    }),
  },
  dialect: {
    names: {
      client_id: 'clientId',
      client_secret: 'clientSecret',
      grant_type: 'grantType',
      access_token: 'x-acs-dingtalk-access-token',
    },
    codeParameter: 'authCode',
    tokens: (accessToken) => ({ accessToken, refreshToken: 'sandbox', expireIn: 7200 }),
  },
  refusals: {
    code: dingtalkError('invalidParameter.authCode.notFound'),
    client: dingtalkError('invalidClientIdOrSecret'),
    token: dingtalkError('InvalidAuthentication'),
  },
};

const wecom: PlayedProvider = {
  key: 'wecom',
  name: 'WeCom',
  authorization: 'https://login.work.weixin.qq.com/wwlogin/sso/login',
  token: 'https://qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo',
  profiles: {
    'https://qyapi.weixin.qq.com/cgi-bin/user/get': ({ key, nickname, headimgurl }) => ({
      errcode: 0,
      errmsg: 'ok',
      userid: key,
      name: nickname,
      avatar: headimgurl,
    }),
    'https://qyapi.weixin.qq.com/cgi-bin/auth/getuserdetail': ({ key, headimgurl }) => ({
      errcode: 0,
      errmsg: 'ok',
      userid: key,
      avatar: headimgurl,
    }),
  },
  dialect: {
    names: { client_id: 'corpid', client_secret: 'corpsecret' },
    clientParameter: 'appid',
    hasResponseType: false,
    appToken: 'https://qyapi.weixin.qq.com/cgi-bin/gettoken',
    tokens: (user_ticket, { key }) => ({ errcode: 0, errmsg: 'ok', userid: key, user_ticket, expires_in: 1800 }),
  },
  refusals: { code: wecomError(40029), client: wecomError(40001), token: wecomError(40014) },
};

const xiaomi: PlayedProvider = {
  key: 'xiaomi',
  name: 'Xiaomi',
  authorization: 'https://account.xiaomi.com/oauth2/authorize',
  token: 'https://account.xiaomi.com/oauth2/token',
  profiles: {
    'https://open.account.xiaomi.com/user/profile': ({ number, nickname, headimgurl }) => ({
      result: 'ok',
      description: '成功',
      data: { miliaoNick: nickname, unionId: String(number), miliaoIcon: headimgurl },
      code: 0,
    }),
  },
  dialect: {
    names: { access_token: 'token' },
    prefix: '&&&START&&&',
    tokens: (access_token) => ({
      access_token,
      expires_in: 259_200,
      refresh_token: 'sandbox',
      scope: '1 3',
      token_type: 'mac',
      mac_key: 'sandbox',
      mac_algorithm: 'HmacSha1',
    }),
  },
  refusals: {
    code: { status: 400, body: { error: 96013, error_description: words } },
    client: { status: 400, body: { error: 96003, error_description: words } },
    token: { body: { result: 'error', description: words, code: 96008 } },
  },
};

const gateway = 'https://openapi.alipay.com/gateway.do';

const alipay: PlayedProvider = {
  key: 'alipay',
  name: 'Alipay',
  authorization: 'https://openauth.alipay.com/oauth2/publicAppAuthorize.htm',
  token: `${gateway}?method=alipay.system.oauth.token`,
  profiles: {
    [`${gateway}?method=alipay.user.info.share`]: ({ number, nickname, headimgurl }) => ({
      alipay_user_info_share_response: {
        code: '10000',
        msg: 'Success',
        user_id: `208800${number}`,
        avatar: headimgurl,
        nick_name: nickname,
      },
      sign: 'sandbox',
    }),
  },
  dialect: {
    names: { client_id: 'app_id', client_secret: 'sign', access_token: 'auth_token' },
    clientParameter: 'app_id',
    hasResponseType: false,
    codeParameter: 'auth_code',
    tokens: (access_token, { number }) => ({
      alipay_system_oauth_token_response: {
        access_token,
        user_id: `208800${number}`,
        expires_in: 1_296_000,
        re_expires_in: 2_592_000,
        refresh_token: 'sandbox',
      },
      sign: 'sandbox',
    }),
  },
  refusals: {
    code: alipayError('isv.code-invalid'),
    client: alipayError('isv.invalid-signature'),
    token: alipayError('aop.invalid-auth-token'),
  },
};

export const playedDialects: readonly PlayedProvider[] = [feishu, qq, dingtalk, wecom, xiaomi, alipay];
