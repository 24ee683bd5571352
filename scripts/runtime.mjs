// The Node that everything runs on, and how programs are run so that signals and exit codes pass through.
// Like all scripts on the way to the first start, this one runs on Node 20 with nothing installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const wanted = 24;

/** Whether this process has the Node that everything runs on. */
export const isWanted = () => Number(process.versions.node.split('.')[0]) >= wanted;

/** Path of a Node 24 or newer: this one, or the one that npm installed with the project. */
export function findNode() {
  if (isWanted()) return process.execPath;
  const bundled = findBundledNode();
  if (bundled) return bundled;
  fail(
    process.platform === 'linux'
      ? `Node ${wanted} is missing. Run \`npm ci\` without --omit=optional, or start with Node ${wanted} or newer.`
      : `Node ${wanted} or newer is needed; this is ${process.version}, and none is bundled for ${process.platform}.`,
  );
}

/** Path of the Node that npm installed with the project, or undefined. */
export function findBundledNode() {
  const path = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  return existsSync(path) ? path : undefined;
}

/** Goes on under Node 24: when this process is older, runs the same program there and ends with its exit code. */
export async function requireNode() {
  if (isWanted()) return;
  process.exit(await runToEnd(findNode(), process.argv.slice(1)));
}

/**
 * Runs a program in this terminal and returns its exit code. SIGINT, SIGTERM and SIGHUP are passed on, and the program
 * is left to end by itself. It gets a process group of its own because one Ctrl-C otherwise arrives up to three times:
 * from the terminal, from npm and from here.
 */
export function runToEnd(file, args, env = {}) {
  const child = spawn(file, args, { stdio: 'inherit', detached: true, env: { ...process.env, ...env } });
  let last = 0;
  const passOn = (signal) => {
    if (Date.now() - last < 500) return; // the same key press, by way of npm
    last = Date.now();
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      resolve(signal ? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0) : code);
    });
  });
}

/** Ends the program with a sentence that says what to do. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
