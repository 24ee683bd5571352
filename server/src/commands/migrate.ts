import type { Command } from './command.ts';

export const migrateCommands: readonly Command[] = [
  {
    name: 'migrate',
    summary: 'Migrate the database; every start of the server also does this',
    // The app that a command gets has migrated already.
    run: async () => ({ text: ['The database is up to date.'], data: { upToDate: true } }),
  },
];
