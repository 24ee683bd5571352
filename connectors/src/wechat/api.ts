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

const apiOrigin = 'https://api.weixin.qq.com';
/** Milliseconds for each of the two calls. */
const timeLimit = 5000;
/** Characters of a provider's error page that go into an error. */
const bodyExcerpt = 1000;

export interface WechatApp {
  readonly appId: string;
  readonly appSecret: string;
}

const errorFields = { errcode: z.number().optional(), errmsg: z.string().optional() };
const tokenAnswer = z.object({ ...errorFields, access_token: z.string().optional(), openid: z.string().optional() });
const profileAnswer = z.object({
  ...errorFields,
  openid: z.string().optional(),
  unionid: z.string().nullish(),
  nickname: z.string().nullish(),
  headimgurl: z.string().nullish(),
});

const invalidCode = new Set([40029, 40163, 42003]);
const invalidAccessToken = new Set([40001, 40014]);

/** WeChat answers HTTP 200 with an `errcode` for most failures; 0 and absence both mean success. */
const throwOnErrorCode = (
  { errcode, errmsg = '' }: { errcode?: number | undefined; errmsg?: string | undefined },
  known: {
    readonly codes: ReadonlySet<number>;
    readonly as: 'social_auth_code_invalid' | 'social_invalid_access_token';
  },
  secrets: readonly string[],
): void => {
  if (errcode === undefined || errcode === 0) return;
  const words = redact(errmsg, secrets);
  throw known.codes.has(errcode)
    ? new ConnectorError(known.as, { message: words })
    : new ConnectorError('general', { errorDescription: words, errcode });
};

const httpError = (status: number, body: string): ConnectorError =>
  new ConnectorError('general', {
    errorDescription: `WeChat answered with HTTP ${status}`,
    message: body.slice(0, bodyExcerpt),
  });

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const redeemCode = async (
  world: World,
  app: WechatApp,
  { code, signal }: { code: string; signal: AbortSignal | undefined },
): Promise<{ accessToken: string; openid: string }> => {
  const url = new URL('/sns/oauth2/access_token', apiOrigin);
  url.search = new URLSearchParams({
    appid: app.appId,
    secret: app.appSecret,
    code,
    grant_type: 'authorization_code',
  }).toString();
  const { status, text } = await requestProvider(world, { provider: 'WeChat', url, timeLimit, signal });
  const secrets = [app.appSecret, code];
  if (!isSuccess(status)) throw httpError(status, redact(text, secrets));

  const answer = readAnswer(tokenAnswer, parseJsonObject(text), 'WeChat');
  throwOnErrorCode(answer, { codes: invalidCode, as: 'social_auth_code_invalid' }, secrets);
  if (!answer.access_token || !answer.openid) {
    throw new ConnectorError('invalid_response', { message: 'The answer of WeChat has no access token or no openid' });
  }
  return { accessToken: answer.access_token, openid: answer.openid };
};

const readProfile = async (
  world: World,
  { accessToken, openid }: { accessToken: string; openid: string },
  signal: AbortSignal | undefined,
): Promise<SocialUserInfo> => {
  const url = new URL('/sns/userinfo', apiOrigin);
  url.search = new URLSearchParams({ access_token: accessToken, openid }).toString();
  const { status, text } = await requestProvider(world, { provider: 'WeChat', url, timeLimit, signal });
  const secrets = [accessToken];
  if (status === 401) {
    throw new ConnectorError('social_invalid_access_token', { message: 'WeChat did not accept the access token' });
  }
  if (!isSuccess(status)) throw httpError(status, redact(text, secrets));

  const answer = readAnswer(profileAnswer, parseJsonObject(text), 'WeChat');
  throwOnErrorCode(answer, { codes: invalidAccessToken, as: 'social_invalid_access_token' }, secrets);
  // The profile of a user other than the one whose code was redeemed would sign in to the wrong account.
  if (answer.openid !== openid) {
    throw new ConnectorError('invalid_response', { message: 'WeChat sent no profile, or one of another person' });
  }
  return {
    // The unionid is the same in all apps of one WeChat Open Platform account; the openid differs from app to app.
    id: answer.unionid || openid,
    ...(answer.headimgurl ? { avatar: answer.headimgurl } : {}),
    ...(answer.nickname ? { name: answer.nickname } : {}),
    rawData: parseJsonObject(text),
  };
};

/** `getUserInfo` of both WeChat connectors: redeems the code of the callback and reads the person's profile. */
export const getWechatUser = async (
  world: World,
  app: WechatApp,
  data: unknown,
  { signal }: Pick<Call, 'signal'>,
): Promise<SocialUserInfo> => {
  const callback = z.object({ code: z.string().min(1) }).safeParse(data);
  if (!callback.success) throw new ConnectorError('general', { message: JSON.stringify(data) ?? '' });
  const token = await redeemCode(world, app, { code: callback.data.code, signal });
  return readProfile(world, token, signal);
};
