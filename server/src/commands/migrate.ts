import type { Command } from './command.ts';

export const migrateCommands: readonly Command[] = [
  {
    name: 'migrate',
    summary: 'Bring the database up to date (the server does it at every start, too)',
    usage: 'migrate',
    // Composing the app has migrated already.
    run: async ({ print }) => print('The database is up to date.'),
  },
];
