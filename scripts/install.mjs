// Installs the npm packages when they are missing or another set than package-lock.json asks for.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, findBundledNode, root } from './runtime.mjs';

/** Installs if needed. `development`: whether packages for building and testing are required too. */
export async function ensureInstalled({ development }) {
  if (isInstalled(development)) return;
  const start = Date.now();
  process.stderr.write('Installing npm packages (only when they changed; about half a minute) …\n');
  const ticker = setInterval(() => {
    process.stderr.write(`  still installing, ${Math.round((Date.now() - start) / 1000)} s …\n`);
  }, 15_000);
  let { code, output } = await install(process.execPath);
  // npm leaves out native code whose package asks for a newer Node than npm runs on; the one that was installed can
  // take it.
  if (code === 0 && !isInstalled(development) && findBundledNode())
    ({ code, output } = await install(findBundledNode()));
  clearInterval(ticker);
  if (code !== 0)
    fail(`${output.trim()}\n\nInstalling the npm packages failed. See above, then run \`npm ci\` in ${root}.`);
}

// npm leaves a record of what it installed; compared with the lock file it needs no stamp of ours, so a read-only
// node_modules that an image was built with is recognized too.
function isInstalled(development) {
  const wanted = readPackages('package-lock.json');
  const present = readPackages('node_modules/.package-lock.json');
  if (!wanted)
    fail(`${join(root, 'package-lock.json')} cannot be read. Restore it with \`git checkout package-lock.json\`.`);
  return present !== undefined && missingPackages({ wanted, present, development }).length === 0;
}

/**
 * Paths of packages that the lock file wants on this machine and that are not installed. An optional package counts
 * when it is made for this machine: native code that is missing stops the build and the server.
 */
export function missingPackages({ wanted, present, development, machine = thisMachine }) {
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (!path.startsWith('node_modules/')) return false;
      if (path in present) return present[path].version !== entry.version;
      if (entry.peer || ((entry.dev || entry.devOptional) && !development)) return false;
      return !entry.optional || isNativeOf(entry, machine);
    })
    .map(([path]) => path);
}

const thisMachine = { os: process.platform, cpu: process.arch, libc: () => libcOfThisMachine() };

function isNativeOf({ os, cpu, libc }, machine) {
  if (!os && !cpu) return false;
  if (!(os ?? [machine.os]).includes(machine.os) || !(cpu ?? [machine.cpu]).includes(machine.cpu)) return false;
  return !libc || libc.includes(machine.libc());
}

// The report takes 100 ms, so it is asked only where the loaders of both or of none are there.
function libcOfThisMachine() {
  const arm = process.arch === 'arm64';
  const glibc = existsSync(arm ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2');
  const musl = existsSync(`/lib/ld-musl-${arm ? 'aarch64' : 'x86_64'}.so.1`);
  if (glibc !== musl) return glibc ? 'glibc' : 'musl';
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined; // missing, or cut short by an interrupted install: both mean "not installed"
  }
}

// No install script is needed by any package here, so none gets to run.
function install(node) {
  const args = ['ci', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [node, npm] : ['npm'];
  const child = spawn(command[0], [...command.slice(1), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: String(error) }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
