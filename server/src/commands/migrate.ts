import type { Command } from './command.ts';

export const migrateCommands: readonly Command[] = [
  {
    name: 'migrate',
    summary: 'Bring the database up to date, as every start of the server does',
    // The app that a command gets has migrated already.
    run: async () => ({ text: ['The database is up to date.'], data: { upToDate: true } }),
  },
];
