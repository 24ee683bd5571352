// What has to be true before the server, the command line or the tests can run: packages installed, build up to date.
import * as modules from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isFresh, partNames } from './freshness.mjs';
import { ensureInstalled } from './install.mjs';
import { fail, findNode, isWanted, root, runToEnd } from './runtime.mjs';

/** Installs and builds as far as needed, saying so on standard error. `development` asks for the test packages too. */
export async function prepare({ development = false } = {}) {
  const fresh = partNames.every((part) => isFresh(part));
  await ensureInstalled({ development: development || !fresh });
  if (fresh) return;
  process.stderr.write('Building the pages, the Console and the server (only what changed; a few seconds) …\n');
  const code = await runToEnd(findNode(), [join(root, 'scripts/build.mjs'), '--changed']);
  if (code !== 0) fail('The build failed; nothing was started. What to correct is said above.');
}

/**
 * Flags for Node. A short-lived heap of 8 MB keeps the server below 200 MB under load, where Node's own choice takes
 * 300 and answers no faster. What lives longer is 20 MB; Node would let four times as much garbage gather beside it
 * before it looks, which takes 60 MB and saves no time that can be measured: here it looks when there is half as much
 * again. Source maps are for finding a fault, not for every day: Node keeps them in memory, which takes 70 MB.
 */
export const serverFlags = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
  ...(process.env.LOG_LEVEL === 'debug' ? ['--enable-source-maps'] : []),
];

/**
 * Environment for a server on this number of cores. Password hashes take 19 MB each outside of the heap, on several
 * threads: with an arena a thread glibc keeps what they free, with two it is used again. As many hashes run at a time
 * as there are cores, in libuv's thread pool: of its usual four threads, four cores' hashes would leave none for
 * signatures and files, and further cores would not hash at all.
 */
export const environmentFor = (cores) => ({
  MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
  UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? String(Math.max(4, cores + 2)),
});
export const serverEnvironment = environmentFor(availableParallelism());

const builtFolder = join(root, 'dist/server');
/** Compiled code is stored next to the bundle and deleted with it: Node starts in half of the time. */
const compiled = join(builtFolder, 'compiled');

/** Runs one of the built programs under Node 24 with the arguments of this one, and ends with its exit code. */
export async function runBuilt(name, flags = []) {
  const environment = { ...serverEnvironment, ALDABA_ROOT: root, NODE_COMPILE_CACHE: compiled };
  const code = await runToEnd(findNode(), [...flags, join(builtFolder, name), ...process.argv.slice(2)], environment);
  process.exit(code);
}

/** The same in this process where its Node is new enough: for programs that need no flags and should answer quickly. */
export async function runBuiltHere(name) {
  if (!isWanted()) return runBuilt(name);
  process.env.ALDABA_ROOT = root;
  modules.enableCompileCache(compiled);
  await import(join(builtFolder, name));
}
