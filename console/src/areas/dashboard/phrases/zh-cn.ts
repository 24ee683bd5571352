import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  getStarted: '快速开始',
  getStartedDetail: '从这里到首次登录大约需要五分钟。',
  dashboard: '仪表盘',
  steps: {
    title: '入门步骤',
    progress: '已完成 {done}/{total}',
    done: '已完成',
    open: '待完成',
    dismiss: '隐藏此列表',
    show: '显示“快速开始”',
    application: '创建应用',
    applicationDetail: '选择你的框架，按照指南操作。',
    signIn: '登录一次',
    signInDetail: '启动你的应用，像用户一样登录。',
    connector: '添加连接器',
    connectorDetail: '让用户通过微信、Google 等方式登录，或接收验证码。',
    brand: '定制登录页面',
    brandDetail: '你的标志和颜色，支持浅色和深色。',
    team: '邀请同事',
    teamDetail: '让团队成员使用此控制台，可授予完全权限或只读权限。',
  },
  users: {
    title: '用户',
    total: '用户总数',
    today: '今日新增',
    week: '近 7 天新增',
    daily: '今日活跃',
    weekly: '近 7 天活跃',
    monthly: '近 30 天活跃',
    more: '与上一周期相比 {delta}',
  },
  signIns: {
    title: '最近登录',
    user: '用户',
    time: '时间',
    none: '还没有登录记录',
    deleted: '已删除的用户',
  },
} satisfies Translated<typeof en>;
