/*
 * WeChat's two calls. They are OAuth 2.0 by name only: parameters and secret in the query, no token type, errors as an
 * `errcode` in HTTP 200. So of the kit they use requests, answers and redaction, not the flow.
 */
import {
  type Call,
  ConnectorError,
  parseJsonObject,
  readAnswer,
  redact,
  requestProvider,
  type SocialUserInfo,
  type World,
  z,
} from '../../kit/index.ts';

/** Milliseconds for each of the two calls. */
const timeLimit = 5000;
/** Characters of a provider's error page that go into an error. */
const bodyExcerpt = 1000;

/** `errcode` of an app that calls too often. */
const tooFrequent = 45011;

export interface WechatApp {
  readonly appId: string;
  readonly appSecret: string;
}

interface WechatCall<Shape extends z.ZodType> {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly shape: Shape;
  readonly secrets: readonly string[];
  /** Values of `errcode`, and an HTTP status, that refuse the code or the token. Other failures are `general`. */
  readonly refusals: readonly number[];
  readonly refusedAs: 'social_auth_code_invalid' | 'social_invalid_access_token';
  readonly signal: AbortSignal | undefined;
}

const failure = z.object({ errcode: z.number().default(0), errmsg: z.string().default('') });

const callWechat = async <Shape extends z.ZodType>(world: World, call: WechatCall<Shape>) => {
  const { secrets, refusals, refusedAs } = call;
  const url = new URL(`${call.path}?${new URLSearchParams(call.parameters)}`, 'https://api.weixin.qq.com');
  const { status, text } = await requestProvider(world, { provider: 'WeChat', url, timeLimit, signal: call.signal });
  if (status < 200 || status > 299) {
    const errorDescription = `WeChat answered with HTTP ${status}`;
    if (refusals.includes(status)) throw new ConnectorError(refusedAs, { message: errorDescription });
    const message = redact(text, secrets).slice(0, bodyExcerpt);
    throw new ConnectorError('general', { errorDescription, message });
  }
  const rawData = parseJsonObject(text);
  const { errcode, errmsg } = readAnswer(failure, rawData, 'WeChat');
  const words = redact(errmsg, secrets);
  if (refusals.includes(errcode)) throw new ConnectorError(refusedAs, { message: words });
  if (errcode === tooFrequent) throw new ConnectorError('rate_limit_exceeded', { message: words });
  if (errcode !== 0) throw new ConnectorError('general', { errorDescription: words, errcode });
  return { answer: readAnswer(call.shape, rawData, 'WeChat'), rawData };
};

const tokenAnswer = z.object({ access_token: z.string().optional(), openid: z.string().optional() });
const profileAnswer = z.object({
  openid: z.string().optional(),
  unionid: z.string().nullish(),
  nickname: z.string().nullish(),
  headimgurl: z.string().nullish(),
});

/** The code that the callback or the app brought. */
const readCode = (data: unknown): string => {
  const callback = z.object({ code: z.string().min(1) }).safeParse(data);
  if (!callback.success) throw new ConnectorError('general', { message: JSON.stringify(data) ?? '' });
  return callback.data.code;
};

const miniProgramAnswer = z.object({ openid: z.string().min(1), unionid: z.string().nullish() });

/**
 * `getUserInfo` of mini programs: redeems the code of `wx.login`. WeChat tells who the user is and nothing more; the
 * session key that comes along is dropped.
 */
export const getMiniProgramUser = async (
  world: World,
  { appId, appSecret }: WechatApp,
  data: unknown,
  { signal }: Pick<Call, 'signal'>,
): Promise<SocialUserInfo> => {
  const code = readCode(data);
  const { answer } = await callWechat(world, {
    path: '/sns/jscode2session',
    parameters: { appid: appId, secret: appSecret, js_code: code, grant_type: 'authorization_code' },
    shape: miniProgramAnswer,
    secrets: [appSecret, code],
    refusals: [40029, 40163, 42003],
    refusedAs: 'social_auth_code_invalid',
    signal,
  });
  return { id: answer.unionid || answer.openid, rawData: answer };
};

/** `getUserInfo` of the other WeChat connectors: redeems the code of the callback and reads the user's profile. */
export const getWechatUser = async (
  world: World,
  { appId, appSecret }: WechatApp,
  data: unknown,
  { signal }: Pick<Call, 'signal'>,
): Promise<SocialUserInfo> => {
  const code = readCode(data);
  const { answer: token } = await callWechat(world, {
    path: '/sns/oauth2/access_token',
    parameters: { appid: appId, secret: appSecret, code, grant_type: 'authorization_code' },
    shape: tokenAnswer,
    secrets: [appSecret, code],
    refusals: [40029, 40163, 42003],
    refusedAs: 'social_auth_code_invalid',
    signal,
  });
  const { access_token, openid } = token;
  if (!access_token || !openid)
    throw new ConnectorError('invalid_response', { message: 'The answer of WeChat has no access token or no openid' });
  const { answer: profile, rawData } = await callWechat(world, {
    path: '/sns/userinfo',
    parameters: { access_token, openid },
    shape: profileAnswer,
    secrets: [access_token],
    refusals: [401, 40001, 40014],
    refusedAs: 'social_invalid_access_token',
    signal,
  });
  // The profile of a user other than the one whose code was redeemed would sign in to the wrong account.
  if (profile.openid !== openid)
    throw new ConnectorError('invalid_response', { message: 'WeChat sent no profile, or one of another user' });
  return {
    // The unionid is the same in all apps of one WeChat Open Platform account; the openid differs from app to app.
    id: profile.unionid || openid,
    ...(profile.headimgurl ? { avatar: profile.headimgurl } : {}),
    ...(profile.nickname ? { name: profile.nickname } : {}),
    rawData,
  };
};
