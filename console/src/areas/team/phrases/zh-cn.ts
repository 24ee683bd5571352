import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: '团队',
  description: '可以使用控制台管理此租户的人员。',
  you: '你',
  none: '–',
  never: '从未',
  suspended: '已停用',
  yes: '已开启',
  no: '未开启',
  columns: { name: '名称', access: '权限', mfa: '第二因素', lastSignIn: '上次登录' },
  roles: { full: '完全权限', 'read-only': '只读' },
  roleHelp: {
    full: '管理此租户的所有内容，包括团队。',
    'read-only': '可以查看此租户的所有内容，但不能修改。',
  },
  invite: {
    action: '邀请同事',
    detail: '同事会收到一个链接，用它创建账号或登录后即可进入这里。',
    email: '邮箱地址',
    emailHelp: '如果管理租户配置了邮件连接器，链接会发送到此地址。',
    emailInvalid: '请输入类似 mei@example.com 的地址，或将此项留空。',
    access: '权限',
    submit: '创建邀请',
  },
  created: {
    title: '邀请已创建',
    none: '请将此链接发给你的同事。链接只能使用一次，{date} 前有效，之后不再显示。',
    sent: '链接已发送到 {email}。你也可以自行转发：链接只能使用一次，{date} 前有效，之后不再显示。',
    failed: '无法向 {email} 发送邮件。请自行转发链接：链接只能使用一次，{date} 前有效，之后不再显示。',
    link: '邀请链接',
    done: '完成',
  },
  invitations: {
    title: '待接受的邀请',
    for: '邀请对象',
    anyone: '持有链接的人',
    invitedBy: '邀请人',
    expires: '过期时间',
    void: '链接已失效',
    renew: '生成新链接',
    renewDetail: '旧链接将失效。新邀请由你发出；如果之前发送过邮件，会再次发送。',
    revoke: '撤销邀请',
    revokeDetail: '链接将立即失效。',
  },
  change: {
    action: '更改权限',
    title: '更改 {name} 的权限',
    save: '保存',
  },
  remove: {
    action: '移除权限',
    title: '将 {name} 移出团队',
    detail: '其会话会立即结束。账号如果没有其他角色，将被删除。',
  },
} satisfies Translated<typeof en>;
