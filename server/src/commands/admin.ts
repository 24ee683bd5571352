import type { Command } from './command.ts';

export const adminCommands: readonly Command[] = [
  {
    name: 'admin link',
    summary: 'Print a one-time link that creates an administrator',
    async run({ app }) {
      const link = await app.createAdminLink();
      return { text: ['This link works once, for 30 minutes:', link], data: { link, expiresInSeconds: 1800 } };
    },
  },
];
