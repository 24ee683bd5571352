// Runs test files in this one process and prints what happens; `test.mjs` starts it and watches over it.
// Takes the files as arguments; reports to its parent which test runs, the counts and the failures as they come,
// because a process that hangs is killed.
import { relative } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { root } from './runtime.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const names = []; // of the open suites and the test, by depth
const perFile = new Map();

const shorten = (file) => (file ? relative(root, file) : '');

function reached(data) {
  names.length = data.nesting;
  names[data.nesting] = data.name;
}

// A suite is not a test: it counts only when the suite itself failed, as in a hook.
function finished(data, failed) {
  const path = [...names.slice(0, data.nesting), data.name].join(' › ');
  const error = data.details?.error;
  const suite = data.details?.type === 'suite';
  if (suite && (!failed || error?.failureType === 'subtestsFailed')) return;
  const kind = failed ? 'failed' : data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed';
  counts[kind] += 1;
  const file = shorten(data.file);
  const entry = perFile.get(file) ?? { passed: 0, failed: 0, skipped: 0, time: 0 };
  entry[kind] += 1;
  entry.time += data.details?.duration_ms ?? 0;
  perFile.set(file, entry);
  if (failed) {
    process.send?.({ failure: describeFailure({ path, file, line: data.line, error: error?.cause ?? error }) });
    process.stdout.write(`  ✖ ${file}: ${path}\n`);
  }
}

let current = '';
function moveTo(file) {
  if (file === current || !file) return;
  const entry = perFile.get(current);
  if (entry) {
    const { passed, failed, skipped, time } = entry;
    const extra = `${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`;
    process.stdout.write(
      `${failed ? '✖' : '✔'} ${current}  ${passed} passed${extra}  (${(time / 1000).toFixed(1)} s)\n`,
    );
  }
  current = file;
}

function describeFailure({ path, file, line, error }) {
  const text = error instanceof Error ? inspect(error, { depth: 4, breakLength: 120 }) : String(error);
  return `\n✖ ${path}\n  ${file}:${line ?? 1}\n${text.replace(/^/gm, '    ')}\n`;
}

const stream = run({ files: process.argv.slice(2), isolation: 'none' });
stream.on('test:dequeue', (data) => {
  process.send?.({ running: `${shorten(data.file)}: ${data.name}`, counts });
});
stream.on('test:start', reached);
for (const [event, failed] of [
  ['test:pass', false],
  ['test:fail', true],
]) {
  stream.on(event, (data) => {
    moveTo(shorten(data.file));
    finished(data, failed);
  });
}
stream.on('end', () => {
  moveTo('the end');
  process.send?.({ counts, isDone: true }, () => process.disconnect?.());
  process.exitCode = counts.failed > 0 ? 1 : 0;
  // Whatever a test forgot to close would keep the run alive for ever; unref'd, this does not.
  setTimeout(() => {
    process.stdout.write(`Something was left open by a test: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit();
  }, 15_000).unref();
});
stream.resume();
