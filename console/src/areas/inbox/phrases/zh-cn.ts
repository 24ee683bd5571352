import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: '收件箱',
  description: {
    both: '在你配置好用于发送的连接器之前，邮件和短信都会到达这里。',
    Email: '在你配置好用于发送邮件的连接器之前，邮件都会到达这里。',
    Sms: '在你配置好用于发送短信的连接器之前，短信都会到达这里。',
  },
  messages: '消息',
  message: '消息',
  empty: {
    title: '还没有消息',
    detail: '获取一个验证码，例如在登录页点击“忘记密码？”，它会立即到达这里。',
    tryIt: '打开演示应用',
  },
  off: {
    title: '收件箱已关闭',
    detail: '在你打开收件箱或配置连接器之前，无法发送验证码和链接。',
    action: '打开收件箱',
  },
  unused: {
    title: '所有消息都由连接器发送',
    detail: '收件箱只接收租户没有对应连接器的消息。',
    action: '查看连接器',
  },
  unavailable: {
    title: '此租户没有收件箱',
    detail: '收件箱用于开发，只有地址以 http:// 开头的租户才有。请改为配置连接器。',
    action: '查看连接器',
  },
  arrived: '发给 {to} 的新消息',
  kinds: { Email: '邮件', Sms: '短信' },
  types: {
    SignIn: '登录',
    Register: '注册',
    ForgotPassword: '重置密码',
    OrganizationInvitation: '组织邀请',
    Generic: '验证码',
    UserPermissionValidation: '修改自己的账号',
    BindNewIdentifier: '账号的新地址',
    MfaVerification: '第二因素',
    BindMfa: '新的第二因素',
  },
  code: '验证码',
  codeTo: '发给 {to} 的验证码',
  link: '链接',
  openLink: '打开链接',
  content: '消息内容',
  back: '所有消息',
  gone: '这条消息已被删除。消息保留 24 小时。',
  kept: '保留最近 24 小时内最新的 100 条消息。只有拥有完全访问权限的同事能看到验证码。',
  emptyIt: {
    action: '全部删除',
    title: '删除所有消息',
    detail: '消息及其验证码将不再显示。验证码仍然有效。',
  },
  switchOff: {
    action: '关闭',
    title: '关闭收件箱',
    detail: '所有消息都会被删除。没有连接器时，将无法再发送验证码和链接。',
  },
} satisfies Translated<typeof en>;
