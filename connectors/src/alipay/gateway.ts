/*
 * Alipay's two calls, which both connectors make: one address for every method, all parameters in the query, signed
 * with the private key of the app.
 */
import {
  type Ask,
  type ErrorForm,
  type FormItem,
  isRsaPrivateKey,
  letterLogo,
  signRsa,
  type World,
  z,
} from '../../kit/index.ts';

/** Both connectors store identities under this key. */
export const alipayTarget = 'alipay';
export const alipayName = { en: 'Alipay', es: 'Alipay', 'zh-CN': '支付宝' };
export const alipayLogo = letterLogo('A', '#0f62d6');

export const signTypes = ['RSA2', 'RSA'] as const;

export const alipayConfig = {
  appId: z.string().min(1).max(16),
  privateKey: z.string().refine(isRsaPrivateKey, 'is not an RSA private key'),
  signType: z.enum(signTypes),
};

export const alipayFormItems: FormItem[] = [
  { key: 'appId', type: 'Text', label: 'App ID', required: true, placeholder: '2021000000000000' },
  {
    key: 'privateKey',
    type: 'MultilineText',
    label: 'Private key',
    required: true,
    isConfidential: true,
    description:
      'The private key of the app (PKCS #1 or PKCS #8), with or without its first and last line. It is stored encrypted.',
  },
  {
    key: 'signType',
    type: 'Select',
    label: 'Signature type',
    required: true,
    defaultValue: 'RSA2',
    selectItems: signTypes.map((value) => ({ value, title: value })),
  },
];

const paths = ['error_response', 'alipay_system_oauth_token_response', 'alipay_user_info_share_response'];
export const alipayErrors: ErrorForm = {
  code: paths.flatMap((path) => [`${path}.sub_code`, `${path}.code`]),
  message: paths.flatMap((path) => [`${path}.sub_msg`, `${path}.msg`]),
  success: '10000',
  invalidCode: ['isv.code-invalid'],
  invalidClient: ['isv.invalid-app-id', 'isv.invalid-signature'],
  invalidToken: ['20001', 'aop.invalid-auth-token'],
};

/** `YYYY-MM-DD HH:mm:ss` in the time of Beijing. */
const timestampOf = (now: number): string => new Date(now + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

type Config = z.output<z.ZodObject<typeof alipayConfig>>;

/** @throws ConnectorError `invalid_config` for a private key that cannot be read */
const signed = (config: Config, now: number, parameters: Readonly<Record<string, string>>) => {
  const all: Record<string, string> = {
    app_id: config.appId,
    charset: 'utf-8',
    format: 'JSON',
    sign_type: config.signType,
    timestamp: timestampOf(now),
    version: '1.0',
    ...parameters,
  };
  const text = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join('&');
  return { ...all, sign: signRsa(config.signType === 'RSA2' ? 'SHA-256' : 'SHA-1', config.privateKey, text) };
};

const user = {
  // New apps get the ID of the user in the app, older ones the number of the account.
  user_id: z.string().nullish(),
  open_id: z.string().nullish(),
};

/** Redeems the code and reads the profile. */
export const readAlipayUser = async (code: string, ask: Ask, config: Config, { now }: World) => {
  const call = <Shape extends z.ZodType>(
    purpose: 'token' | 'profile',
    parameters: Record<string, string>,
    answer: Shape,
  ) =>
    ask({
      purpose,
      address: 'https://openapi.alipay.com/gateway.do',
      form: {},
      query: signed(config, now(), parameters),
      answer,
    });
  const { alipay_system_oauth_token_response: token } = await call(
    'token',
    { method: 'alipay.system.oauth.token', grant_type: 'authorization_code', code },
    z.object({ alipay_system_oauth_token_response: z.object({ ...user, access_token: z.string().min(1) }) }),
  );
  const { alipay_user_info_share_response: rawData } = await call(
    'profile',
    { method: 'alipay.user.info.share', auth_token: token.access_token },
    z.object({
      alipay_user_info_share_response: z.looseObject({
        ...user,
        nick_name: z.string().nullish(),
        avatar: z.string().nullish(),
      }),
    }),
  );
  const id = rawData.user_id || rawData.open_id || token.user_id || token.open_id || '';
  return { id, name: rawData.nick_name, avatar: rawData.avatar, rawData };
};
