// Runs test files in a child process and watches over it: a test that hangs ends the run and is named last.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from './runtime.mjs';

/**
 * Runs the files in one child process; ends it when a test or all of them take too long. What was found until then is
 * kept.
 * @param {string[]} files paths below the root
 * @param {Record<string, string>} tools environment variables that name the programs of the tests
 * @param {{ wholeRun: number, oneTest: number }} limits milliseconds
 * @param {'inherit' | 'ignore'} output what becomes of the lines that it prints as it goes
 * @returns {Promise<{ counts: { passed: number, failed: number, skipped: number }, failures: string[] }>}
 */
export function runTests(files, tools, limits, output = 'inherit') {
  const child = fork(
    join(root, 'scripts/test-run.mjs'),
    files.map((file) => join(root, file)),
    {
      cwd: root,
      env: { ...process.env, ...tools, ALDABA_ROOT: root, NODE_ENV: 'test' },
      stdio: ['inherit', output, output, 'ipc'],
    },
  );
  const failures = [];
  let counts = { passed: 0, failed: 0, skipped: 0 };
  let isDone = false;
  let running = 'the loading of the test files';
  let ending;
  const giveUp = (limit) => {
    ending = `\n✖ ${running}\n    It was still running when its time was up: ${limit / 60_000} minutes.\n`;
    child.kill('SIGKILL');
  };
  const whole = setTimeout(giveUp, limits.wholeRun, limits.wholeRun);
  let overdue = setTimeout(giveUp, limits.oneTest, limits.oneTest);
  child.on('message', (message) => {
    if (message.counts) counts = message.counts;
    if (message.failure) failures.push(message.failure);
    if (message.isDone) isDone = true;
    if (!message.running) return;
    running = message.running;
    clearTimeout(overdue);
    overdue = setTimeout(giveUp, limits.oneTest, limits.oneTest);
  });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(whole);
      clearTimeout(overdue);
      if (!isDone) {
        counts = { ...counts, failed: counts.failed + 1 };
        failures.push(ending ?? `\n✖ the test process ended early (${signal ?? code}), at ${running}\n`);
      }
      resolve({ counts, failures });
    });
  });
}
