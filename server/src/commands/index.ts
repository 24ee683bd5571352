/**
 * The `aldaba` command line as a table: one file a noun. `cli.ts` parses the arguments and runs one command. A new noun
 * is a file here and a line below.
 */
import { adminCommands } from './admin.ts';
import { appCommands } from './app.ts';
import { backupCommands } from './backup.ts';
import { brandingCommands } from './branding.ts';
import type { Command } from './command.ts';
import { connectorCommands } from './connector.ts';
import { doctorCommands } from './doctor.ts';
import { inboxCommands } from './inbox.ts';
import { keyCommands } from './keys.ts';
import { mfaCommands } from './mfa.ts';
import { migrateCommands } from './migrate.ts';
import { passwordCommands } from './passwords.ts';
import { sandboxCommands } from './sandbox.ts';
import { signUpCommands } from './sign-up.ts';
import { tenantCommands } from './tenant.ts';
import { userCommands } from './user.ts';
import { userTransferCommands } from './user-transfer.ts';

export type { Command, FilesCommand, Output, Terminal } from './command.ts';
export { Refused, UsageError } from './command.ts';
export { explain, failureOf } from './failures.ts';

/** In the order in which the help shows them. */
export const commands: readonly Command[] = [
  ...appCommands,
  ...userCommands,
  ...userTransferCommands,
  ...connectorCommands,
  ...signUpCommands,
  ...mfaCommands,
  ...brandingCommands,
  ...tenantCommands,
  ...adminCommands,
  ...keyCommands,
  ...sandboxCommands,
  ...inboxCommands,
  ...passwordCommands,
  ...migrateCommands,
  ...doctorCommands,
  ...backupCommands,
];
