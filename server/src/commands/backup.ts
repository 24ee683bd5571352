import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createVault } from '../kernel/crypto.ts';
import { migrationsOf } from '../schema.ts';
import { restoreBackup, writeBackup } from '../store/backup/index.ts';
import { type Command, Refused, requireYes, type WorldInvocation, word, yesOption } from './command.ts';

export const backupCommands: readonly Command[] = [
  {
    name: 'backup',
    needs: 'world',
    summary: 'Write the database and the uploads to one file; the server can keep running',
    words: '<file>',
    options: {
      'with-secret': {
        type: 'boolean',
        description: 'Include ALDABA_SECRET in the file. The file alone is then enough to decrypt all data',
      },
      overwrite: { type: 'boolean', description: 'Replace the file if it exists' },
    },
    example: 'backup aldaba-2026-06-01.tar.gz',
    run: backup,
  },
  {
    name: 'restore',
    needs: 'world',
    summary: 'Restore a backup into an empty database and the upload storage; stop the server first',
    words: '<file>',
    options: {
      replace: { type: 'boolean', description: 'Delete all data in the database first' },
      'with-secret': { type: 'boolean', description: 'Use the secret of the backup and store it in the data folder' },
      ...yesOption,
    },
    example: 'restore aldaba-2026-06-01.tar.gz',
    run: restore,
  },
];

/** Uploads are in the data folder unless a bucket is configured. */
const filesOf = ({ config, world }: WorldInvocation) => (config.S3_BUCKET ? {} : { dataFolder: world.dataFolder });

async function backup(invocation: WorldInvocation) {
  const { config, world, options, progress } = invocation;
  const path = resolve(word(invocation, 'the file to write, e.g. aldaba.tar.gz'));
  if (existsSync(path) && options.overwrite !== true)
    throw new Refused(`${path} already exists. Choose another name or add --overwrite.`);
  if (!existsSync(dirname(path))) throw new Refused(`The folder ${dirname(path)} does not exist. Create it first.`);
  const withSecret = options['with-secret'] === true;
  const result = await writeBackup({
    url: world.databaseUrl,
    path,
    vault: createVault(world.secret),
    ...filesOf(invocation),
    ...(withSecret ? { secret: world.secret } : {}),
    progress,
  });
  return {
    text: [
      `Backup       ${path} (${(result.bytes / 1_048_576).toFixed(1)} MB)`,
      `Holds        ${result.rows} rows of ${result.tables} tables, ${config.S3_BUCKET ? 'no uploads: they are in the bucket' : `${result.files} uploaded files`}`,
      withSecret
        ? 'Secret       is in the file: protect it like a password.'
        : 'Secret       is NOT in the file. Store ALDABA_SECRET, or the file `secret` of the data folder, separately: a restore needs it.',
    ],
    data: { path, ...result, hasSecret: withSecret },
  };
}

async function restore(invocation: WorldInvocation) {
  const { config, world, options, progress } = invocation;
  const path = resolve(word(invocation, 'the file of the backup'));
  if (!existsSync(path)) throw new Refused(`The file ${path} does not exist.`);
  const takesSecret = options['with-secret'] === true;
  if (takesSecret && config.ALDABA_SECRET)
    throw new Refused(
      'ALDABA_SECRET is set and overrides the secret in the data folder. Unset it or omit --with-secret.',
    );
  const replaces = options.replace === true;
  if (replaces) await requireYes(invocation, 'This deletes all data in the database. Continue?');
  const result = await restoreBackup({
    url: world.databaseUrl,
    path,
    folder: migrationsOf(world),
    secret: world.secret,
    takesSecret,
    replaces,
    ...filesOf(invocation),
    progress,
  });
  if (result.secret !== undefined) await storeSecret(join(world.dataFolder, 'secret'), result.secret);
  const { secret: _secret, ...data } = result;
  return {
    text: [
      `Restored     ${result.rows} rows of ${result.tables} tables and ${result.files} uploaded files, as of ${result.createdAt}`,
      'Next         Start the server. Connector packages are not part of a backup: install them again.',
    ],
    data,
  };
}

async function storeSecret(path: string, secret: string): Promise<void> {
  await writeFile(`${path}.restored`, `${secret}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.restored`, path);
}
