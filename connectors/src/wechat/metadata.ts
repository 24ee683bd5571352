import { type FormItem, svgDataUrl, z } from '../../kit/index.ts';

/**
 * All connectors store identities under this key, so that a person is the same in apps, on the web and inside WeChat.
 */
export const wechatTarget = 'wechat';

export const wechatName = { en: 'WeChat', es: 'WeChat', 'zh-CN': '微信' };

/** A neutral mark of our own: a speech bubble with three dots. */
export const wechatLogo = svgDataUrl(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">',
    '<rect width="48" height="48" rx="12" fill="#1f9d61"/>',
    '<path fill="#fff" d="M24 11c-8.3 0-15 5.2-15 11.7 0 3.9 2.4 7.3 6.1 9.4L13.8 37l5.9-3.1c1.4.3 2.8.5 4.3.5 8.3 0 15-5.2 15-11.7S32.3 11 24 11Z"/>',
    '<g fill="#1f9d61"><circle cx="17.5" cy="22.7" r="2"/><circle cx="24" cy="22.7" r="2"/><circle cx="30.5" cy="22.7" r="2"/></g>',
    '</svg>',
  ].join(''),
);

/** The two values that WeChat gives for an app, an Official Account or a mini program. */
export const wechatAppConfig = { appId: z.string().min(1), appSecret: z.string().min(1) };

/** @param app what the App ID belongs to */
export const wechatAppFormItems = (app: string): FormItem[] => [
  {
    key: 'appId',
    type: 'Text',
    label: 'App ID',
    placeholder: 'wx0123456789abcdef',
    required: true,
    description: `AppID of ${app}.`,
  },
  {
    key: 'appSecret',
    type: 'Text',
    label: 'App Secret',
    required: true,
    isConfidential: true,
    description: 'The AppSecret that belongs to it. It is stored encrypted.',
  },
];
