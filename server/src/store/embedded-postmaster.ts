import { spawn } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedDatabaseError, explainFailure } from './embedded-error.ts';
import { handOver, type Programs } from './embedded-programs.ts';

/** A running PostgreSQL server on one cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
}

// The kernel allows 107 bytes for a socket's path; PostgreSQL appends its name to the folder.
const longestSocketFolder = 107 - '/.s.PGSQL.5432'.length;
const longestLog = 10_000_000;
const recoveryLimit = 300_000;
const shutdownLimit = 60_000;
const leftoverLimit = 10_000;

/**
 * The server that runs on `cluster`, if any, also after the process that started it was killed. Removes what a crash of
 * PostgreSQL left behind, so that a new server can start.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  for (let waited = 0; ; waited += 50) {
    const file = await readPidFile(cluster);
    if (!file) return undefined;
    const running = await processesIn(cluster);
    if (running.includes(file.pid)) {
      if (file.ready) return { pid: file.pid, socketFolder: file.socketFolder };
    } else if (running.length === 0) {
      // The process ID in the file may belong to another program by now, and PostgreSQL would then refuse to start.
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    // The server is starting or stopping.
    if (waited > recoveryLimit) {
      throw new EmbeddedDatabaseError(
        `The database in ${cluster} does not start. Read postgres.log in the folder above it, then end process ${file.pid}.`,
      );
    }
    await delay(50);
  }
}

/** Starts a server on `cluster` and waits until it accepts connections. It keeps running after this process ends. */
export async function startPostmaster(
  programs: Programs,
  cluster: string,
  progress: (message: string) => void,
): Promise<Postmaster> {
  for (let waited = 0; ; waited += 100) {
    const started = await tryPostmaster(programs, cluster, progress);
    if ('pid' in started) return started;
    // Processes of a killed server hold its memory until they have ended completely; /proc reports their end too early.
    if (!/shared memory block .* still in use/.test(started.output) || waited > leftoverLimit)
      throw explainFailure('The database could not be started.', programs.home, started.output);
    await delay(100);
  }
}

async function tryPostmaster(
  programs: Programs,
  cluster: string,
  progress: (message: string) => void,
): Promise<Postmaster | { output: string }> {
  const socketFolder = await makeSocketFolder(programs);
  const logPath = join(programs.home, 'postgres.log');
  const log = await openLog(logPath);
  try {
    const before = (await log.stat()).size;
    const settings = {
      listen_addresses: '',
      unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
      unix_socket_permissions: '0700',
      port: '5432',
      logging_collector: 'off',
      log_destination: 'stderr',
      // Statements and the values in an error's detail may contain personal data or secrets, so they are not logged.
      log_statement: 'none',
      log_min_error_statement: 'panic',
      log_error_verbosity: 'terse',
    };
    const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const command = programs.command('postgres', args);
    // In a session of its own, so that Ctrl-C in the terminal does not stop PostgreSQL before the server has finished
    // its requests.
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: cluster,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    const ended = new Promise<'ended'>((resolve) => {
      child.once('error', () => resolve('ended'));
      child.once('exit', () => resolve('ended'));
    });
    const state = await Promise.race([ended, untilReady(cluster, child.pid, progress)]);
    if (state === 'ready' && child.pid) return { pid: child.pid, socketFolder };
    return { output: (await readFile(logPath)).subarray(before).toString() };
  } finally {
    await log.close();
  }
}

/** Ends all sessions, stops the server and waits for its end. Committed data is kept. */
export async function stopPostmaster(cluster: string, { pid, socketFolder }: Postmaster): Promise<void> {
  signal(pid, 'SIGINT'); // PostgreSQL's "fast shutdown"
  for (let waited = 0; await isRunning(pid); waited += 10) {
    // "Immediate shutdown": no committed data is lost; the next start replays the write-ahead log.
    if (waited === shutdownLimit) signal(pid, 'SIGQUIT');
    if (waited > 2 * shutdownLimit)
      throw new EmbeddedDatabaseError(`The database in ${cluster} does not stop. End process ${pid}.`);
    await delay(10);
  }
  if (socketFolder.startsWith(join(tmpdir(), 'aldaba-'))) await rm(socketFolder, { recursive: true, force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already ended
  }
}

/** Whether the process exists and has not ended; false for a zombie. */
export async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined); // does not exist
  // The state follows the name in parentheses; a zombie has ended and waits for its parent.
  return status !== undefined && !status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
}

async function untilReady(
  cluster: string,
  pid: number | undefined,
  progress: (message: string) => void,
): Promise<'ready' | 'late'> {
  const start = Date.now();
  let hasReported = false;
  while (Date.now() - start < recoveryLimit) {
    const file = await readPidFile(cluster);
    if (file?.ready && file.pid === pid) return 'ready';
    if (!hasReported && Date.now() - start > 3000) {
      hasReported = true;
      progress('The database recovers from an unclean shutdown; this may take a while');
    }
    await delay(10);
  }
  return 'late';
}

/**
 * PostgreSQL's own record of a running server, one value a line: process ID, data folder, start time, port, socket
 * folder, address, memory, state.
 */
async function readPidFile(cluster: string) {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined); // no server runs
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/**
 * Processes with this working directory, as all of PostgreSQL's have. Processes of other users cannot be read, and do
 * not belong to this server.
 */
async function processesIn(folder: string): Promise<number[]> {
  const real = await realpath(folder);
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => undefined); // ended, or owned by another user
    if (cwd === real) found.push(Number(name));
  }
  return found;
}

// No other user of the machine can enter the folder. If the path is too long for a socket, a folder with a random name
// is used instead, which no other user can have created in advance. Its name is stored, so that a server that is
// restarted after a crash has the same address.
async function makeSocketFolder(programs: Programs): Promise<string> {
  let folder = join(programs.home, 'socket');
  if (Buffer.byteLength(folder) > longestSocketFolder) folder = await shortSocketFolder(programs);
  else await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await handOver(folder, programs);
  return folder;
}

async function shortSocketFolder(programs: Programs): Promise<string> {
  const record = join(programs.home, 'socket-folder');
  const kept = await readFile(record, 'utf8').catch(() => ''); // not stored yet
  const found = kept === '' ? undefined : await lstat(kept).catch(() => undefined); // may have been deleted
  const owner = programs.owner?.uid ?? process.geteuid?.();
  if (found?.isDirectory() && found.uid === owner && (found.mode & 0o777) === 0o700) return kept;
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-'));
  await writeFile(record, folder, { mode: 0o600 });
  return folder;
}

async function openLog(path: string) {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0; // no log yet
  if (size > longestLog) await rename(path, `${path}.1`);
  return open(path, 'a+', 0o600);
}
