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
    summary: 'Write the database and the uploads into one file; the server may run',
    words: '<file>',
    options: {
      'with-secret': {
        type: 'boolean',
        description: 'Put ALDABA_SECRET into the file, too: the file alone then opens everything',
      },
      overwrite: { type: 'boolean', description: 'Replace the file if there is one' },
    },
    example: 'backup aldaba-2026-06-01.tar.gz',
    run: backup,
  },
  {
    name: 'restore',
    needs: 'world',
    summary: 'Bring an empty database, and the uploads, to the state of a backup; stop the server first',
    words: '<file>',
    options: {
      replace: { type: 'boolean', description: 'Delete everything that the database holds first' },
      'with-secret': { type: 'boolean', description: 'Use the secret of the backup, and store it in the data folder' },
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
    throw new Refused(`${path} exists already. Choose another name, or add --overwrite.`);
  if (!existsSync(dirname(path))) throw new Refused(`There is no folder ${dirname(path)}. Create it first.`);
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
        ? 'Secret       is in the file: keep it as you keep a password.'
        : 'Secret       is NOT in the file. Keep ALDABA_SECRET, or the file `secret` of the data folder, elsewhere: a restore needs it.',
    ],
    data: { path, ...result, hasSecret: withSecret },
  };
}

async function restore(invocation: WorldInvocation) {
  const { config, world, options, progress } = invocation;
  const path = resolve(word(invocation, 'the file of the backup'));
  if (!existsSync(path)) throw new Refused(`There is no file ${path}.`);
  const takesSecret = options['with-secret'] === true;
  if (takesSecret && config.ALDABA_SECRET)
    throw new Refused(
      'ALDABA_SECRET is set, so that a secret in the data folder would not be used. Unset it, or leave out --with-secret.',
    );
  const replaces = options.replace === true;
  if (replaces) await requireYes(invocation, 'Everything in the database will be deleted. Go on?');
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
