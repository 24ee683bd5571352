import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

const zhCn: Translated<typeof en> = {
  title: '多因素验证',
  detail: '在密码、验证码或社交登录之后的第二道验证。',
  factors: {
    title: '第二因素',
    detail: '用户从中选择。已设置的用户每次登录都要验证。',
    Totp: '身份验证器应用',
    TotpHelp: '每 30 秒变化一次的六位数字。',
    WebAuthn: '通行密钥或安全密钥',
    WebAuthnHelp: '可防钓鱼。需要 HTTPS 和主机名。',
    EmailVerificationCode: '邮件验证码',
    EmailVerificationCodeHelp: '仅在邮件验证码不用于登录时可用。',
    PhoneVerificationCode: '短信验证码',
    PhoneVerificationCodeHelp: '仅在短信验证码不用于登录时可用。',
    BackupCode: '备用码',
    BackupCodeHelp: '十个备用码，供丢失其他因素的用户使用。必须与另一个因素一起启用。',
  },
  policy: {
    title: '谁需要第二因素',
    detail: '要求还没有第二因素的用户进行设置。',
    policy: '设置第二因素',
    organizations: '在要求多因素验证的组织中',
    organizationsHelp: '每个组织自行决定是否要求成员使用多因素验证。',
  },
  policies: {
    NoPrompt: '用户自行设置，系统不提示',
    UserControlled: '注册和登录时提示，用户可以跳过',
    PromptOnlyAtSignIn: '登录时提示，用户可以跳过',
    Mandatory: '注册和登录时必须设置',
    PromptOnlyAtSignInMandatory: '登录时必须设置',
  },
  organizationPolicies: { NoPrompt: '同上', Mandatory: '成员登录时必须设置' },
  occasions: {
    title: '更频繁或更少',
    detail: '在规则之外何时要求第二因素，何时不要求。',
    needsFactor: '需要启用第二因素。',
    adaptive: '异常登录',
    adaptiveHelp: '账号 30 天未使用；如果代理会报告位置，还包括新的国家或不可能的行程。',
    trusted: '受信任的浏览器',
    trustedHelp: '用户可以选择在此浏览器中若干天内不再验证。',
    days: '浏览器受信任的天数',
    daysHelp: '1 到 365。缩短后也适用于已受信任的浏览器。',
  },
};
export default zhCn;
