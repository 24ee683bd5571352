import type { Command } from './command.ts';

export const adminCommands: readonly Command[] = [
  {
    name: 'admin link',
    summary: 'Print a one-time link that creates an administrator',
    usage: 'admin link',
    async run({ app, print }) {
      print('This link works once, for 30 minutes:');
      print(await app.createAdminLink());
    },
  },
];
