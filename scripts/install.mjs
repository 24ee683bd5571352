// Installs the npm packages when they are missing or another set than package-lock.json asks for.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './runtime.mjs';

/** Installs if needed. `development` tells whether packages that only building and testing need must be there too. */
export async function ensureInstalled({ development }) {
  if (isInstalled(development)) return;
  const start = Date.now();
  process.stderr.write('Installing npm packages (only when they changed; about half a minute) …\n');
  const ticker = setInterval(() => {
    process.stderr.write(`  still installing, ${Math.round((Date.now() - start) / 1000)} s …\n`);
  }, 15_000);
  const { code, output } = await install();
  clearInterval(ticker);
  if (code !== 0)
    fail(`${output.trim()}\n\nInstalling the npm packages failed. See above, then run \`npm ci\` in ${root}.`);
}

// npm leaves a record of what it installed; compared with the lock file it needs no stamp of ours, so a read-only
// node_modules that somebody else filled is recognised too.
function isInstalled(development) {
  const wanted = readPackages('package-lock.json');
  const present = readPackages('node_modules/.package-lock.json');
  if (!wanted)
    fail(`${join(root, 'package-lock.json')} cannot be read. Restore it with \`git checkout package-lock.json\`.`);
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, optional, dev, devOptional, peer }]) => {
    if (!path.startsWith('node_modules/')) return true;
    if (path in present) return present[path].version === version;
    return optional || peer || devOptional || (dev && !development);
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined; // missing, or cut short by an interrupted install: both mean "not installed"
  }
}

// No install script is needed by any package here, so none gets to run.
function install() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
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
