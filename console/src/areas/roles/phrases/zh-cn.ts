import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: '角色',
  role: '角色',
  assign: '分配角色',
  remove: '移除角色',
  emptyTitle: '还没有角色',
  user: {
    detail: '角色决定该用户的访问令牌拥有哪些权限。',
    emptyDetail: '分配角色后，该用户可以在你的应用和 API 中执行更多操作。',
  },
  application: {
    detail: '应用以自身身份可以在你的 API 中执行的操作。',
    emptyDetail: '机器对机器应用的角色用于授予 API 访问权限。',
  },
  removeDetail: '从下一个访问令牌开始，{name} 不再拥有 {role} 的权限。',
} as const satisfies Translated<typeof en>;
