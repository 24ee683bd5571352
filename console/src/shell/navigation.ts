/** The pages of the sidebar and of the command palette, in their order: one line a page, next to its route. */
import {
  IconApps,
  IconDeviceMobileCode,
  IconHistory,
  IconInbox,
  IconLayoutDashboard,
  IconLogin2,
  IconPlugConnected,
  IconShieldLock,
  IconUserCog,
  IconUsers,
  IconUsersGroup,
  type TablerIcon,
} from '@tabler/icons-react';
import type en from './phrases/en.ts';

export interface NavigationPage {
  /** Key of its name in the shell's phrases. */
  name: keyof typeof en.pages;
  icon: TablerIcon;
  /** Address below `/t/<tenant>/`. */
  path: string;
  /** Shown only on tenants whose messages go to the inbox. */
  isForInbox?: true;
}

interface NavigationGroup {
  /** Key of its heading; the first group has none. */
  name?: keyof typeof en.groups;
  pages: readonly NavigationPage[];
}

const groups: readonly NavigationGroup[] = [
  { pages: [{ name: 'dashboard', icon: IconLayoutDashboard, path: 'dashboard' }] },
  {
    name: 'build',
    pages: [
      { name: 'applications', icon: IconApps, path: 'applications' },
      { name: 'connectors', icon: IconPlugConnected, path: 'connectors' },
      { name: 'inbox', icon: IconInbox, path: 'inbox', isForInbox: true },
    ],
  },
  {
    name: 'signIn',
    pages: [
      { name: 'signInExperience', icon: IconLogin2, path: 'sign-in-experience' },
      { name: 'multiFactor', icon: IconDeviceMobileCode, path: 'multi-factor' },
      { name: 'security', icon: IconShieldLock, path: 'security' },
      { name: 'accountCenter', icon: IconUserCog, path: 'account-center' },
    ],
  },
  { name: 'people', pages: [{ name: 'users', icon: IconUsers, path: 'users' }] },
  { name: 'customize', pages: [] },
  {
    name: 'operate',
    pages: [
      { name: 'auditLogs', icon: IconHistory, path: 'audit-logs' },
      { name: 'team', icon: IconUsersGroup, path: 'team' },
    ],
  },
];

export const navigation = groups.filter(({ pages }) => pages.length > 0);
