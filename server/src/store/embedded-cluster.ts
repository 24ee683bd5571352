import { spawn } from 'node:child_process';
import { chmod, lstat, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedDatabaseError, explainFailure } from './embedded-error.ts';
import { handOver, type Programs } from './embedded-programs.ts';
import { leakproofStatements } from './leakproof.ts';

// Settings that an operator may tune: written to postgresql.conf once. Small, because the database shares a machine
// with the server; durable, because acknowledged data must survive a power failure.
const tunables = {
  shared_buffers: '64MB',
  max_connections: '100',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Idle background workers cost memory without any benefit at this size.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  // A query whose client was killed ends and releases its locks.
  client_connection_check_interval: '2s',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Ensures that `home` contains a cluster with the role and database `aldaba`, and returns its folder. A new cluster is
 * created under a temporary name and renamed when it is complete, so an interrupted first start leaves no partial
 * cluster.
 */
export async function ensureCluster(programs: Programs, progress: (message: string) => void): Promise<string> {
  const folder = join(programs.home, 'postgres');
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined); // not created yet
  if (version === undefined) await createCluster(programs, folder, progress);
  else if (version.trim() !== programs.version) {
    throw new EmbeddedDatabaseError(
      `The data in ${folder} was written by PostgreSQL ${version.trim()}, and this version of Aldaba brings ${programs.version}. ` +
        'Start the version of Aldaba that you used before, or set ALDABA_DATA to a new folder, or set DATABASE_URL to a server ' +
        'that holds your data.',
    );
  }
  await handOverCluster(folder, programs);
  await writeAccessRules(folder, programs);
  return folder;
}

async function createCluster(programs: Programs, folder: string, progress: (message: string) => void): Promise<void> {
  progress(`Preparing a PostgreSQL database in ${folder} (once, a few seconds)`);
  for (const name of await readdir(programs.home)) {
    if (name.startsWith('postgres.new-')) await rm(join(programs.home, name), { recursive: true, force: true });
  }
  const occupied = await readdir(folder).catch(() => []); // usually missing
  if (occupied.length > 0) {
    throw new EmbeddedDatabaseError(
      `${folder} is not a PostgreSQL cluster and not empty. Move it away, or set ALDABA_DATA to another folder.`,
    );
  }
  const draft = await mkdtemp(join(programs.home, 'postgres.new-'));
  await chmod(draft, 0o700);
  await handOver(draft, programs);
  const settings = Object.entries(tunables).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  // The built-in locale sorts the same on every machine, so a data folder can move without corrupting its indexes.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth-local=peer', '--auth-host=reject'];
  await run(
    draft,
    programs.command('initdb', ['--no-instructions', ...access, ...locale, ...settings, `--pgdata=${draft}`]),
  );
  // Aldaba's role is not a superuser: superusers and roles with BYPASSRLS bypass row-level security.
  const roles =
    'CREATE ROLE aldaba LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB\nCREATE DATABASE aldaba OWNER aldaba\n';
  const single = (database: string) =>
    programs.command('postgres', ['--single', '-D', draft, '-c', 'exit_on_error=on', database]);
  // Every database is a copy of template1.
  await run(draft, single('template1'), leakproofStatements.map((statement) => `${statement}\n`).join(''));
  await run(draft, single('postgres'), roles);
  await rename(draft, folder);
  const parent = await open(programs.home);
  await parent.sync().finally(() => parent.close());
}

async function run(folder: string, command: ReturnType<Programs['command']>, input = ''): Promise<void> {
  const child = spawn(command.file, command.args, { ...command.options, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.resume();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdin?.on('error', () => {}); // ended before it read everything; its exit code and output explain why
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw explainFailure('The database could not be prepared.', folder, output);
}

// Root created the cluster in a user namespace, and the machine no longer allows namespaces: the user that now runs
// PostgreSQL must own the cluster.
async function handOverCluster(folder: string, programs: Programs): Promise<void> {
  if (!programs.owner || (await lstat(folder)).uid === programs.owner.uid) return;
  for (const name of await readdir(folder, { recursive: true })) await handOver(join(folder, name), programs);
  await handOver(folder, programs);
}

// The socket gives full access to the data, so it is protected twice: other users cannot enter its folder
// (embedded-postmaster.ts), and PostgreSQL asks the kernel for the connecting user (peer authentication) and accepts
// only the user of this process. No password exists that could leak, and TCP is off. The rules are written at every
// start because the user's name may have changed.
async function writeAccessRules(folder: string, programs: Programs): Promise<void> {
  const rules = {
    'pg_hba.conf': 'local all all peer map=aldaba\n',
    'pg_ident.conf': ['postgres', 'aldaba'].map((role) => `aldaba "${programs.peerName}" ${role}\n`).join(''),
  };
  for (const [name, text] of Object.entries(rules)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    await handOver(join(folder, name), programs);
  }
}
