import type { Translated } from '../../language/phrases.ts';
import type en from './en.ts';

export default {
  list: {
    range: '第 {from}–{to} 项，共 {total} 项',
    rangeCapped: '第 {from}–{to} 项，共超过 {total} 项',
    previous: '上一页',
    next: '下一页',
    search: '搜索',
    clear: '清除搜索',
    noResult: '没有与“{query}”匹配的内容',
    noResultFiltered: '没有符合筛选条件的内容',
    noResultHelp: '请检查拼写，或清除搜索以查看全部。',
    failed: '无法加载列表',
    menu: '{name} 的操作',
    docs: '阅读文档',
    found: '{count, plural, =0 {没有结果} other {# 个结果}}',
  },
  form: {
    changes: '{count, plural, other {# 项未保存的更改}}',
    save: '保存',
    discard: '放弃',
    saved: '已保存',
    optional: '选填',
    leaveTitle: '不保存就离开？',
    leaveDetail: '现在离开会丢失此页面上的更改。',
    stay: '继续编辑',
    leave: '不保存并离开',
    cancel: '取消',
    add: '再添加一项',
    remove: '移除第 {number} 项',
    requestId: '请求 ID：{id}',
    required: '请输入内容。',
  },
  copy: { copy: '复制', copied: '已复制', copyNamed: '复制{name}' },
  secret: { show: '显示{name}', hide: '隐藏{name}' },
  danger: {
    title: '危险操作',
    confirm: '输入 {name} 以确认',
  },
  detail: { tabs: '分区' },
  retry: '重试',
} satisfies Translated<typeof en>;
