/**
 * The `aldaba` command line as a table: one file a noun. `cli.ts` parses the arguments and runs one command. A new noun is
 * a file here and a line below.
 */
import { adminCommands } from './admin.ts';
import { appCommands } from './app.ts';
import type { Command } from './command.ts';
import { connectorCommands } from './connector.ts';
import { keyCommands } from './keys.ts';
import { migrateCommands } from './migrate.ts';
import { sandboxCommands } from './sandbox.ts';
import { signUpCommands } from './sign-up.ts';
import { userCommands } from './user.ts';

export { type Command, explain, UsageError } from './command.ts';

/** In the order in which the help shows them. */
export const commands: readonly Command[] = [
  ...appCommands,
  ...userCommands,
  ...connectorCommands,
  ...signUpCommands,
  ...sandboxCommands,
  ...adminCommands,
  ...keyCommands,
  ...migrateCommands,
];
