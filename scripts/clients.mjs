// `npm run clients`: client programs that have to be compiled, which `npm test` leaves out. Needs Go 1.25, and Java 17
// with Maven.
import { fork, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { fail, requireNode, root } from './runtime.mjs';
import { ensureTestTools } from './test-tools.mjs';

for (const [program, flag, need] of [
  ['go', 'version', 'Go 1.25 or newer'],
  ['mvn', '--version', 'Java 17 or newer with Maven'],
]) {
  if (spawnSync(program, [flag]).status !== 0) fail(`The compiled client programs need ${need} on the PATH.`);
}
await prepare({ development: true });
await requireNode();
const child = fork(join(root, 'scripts/test-run.mjs'), [join(root, 'test/clients/compiled/programs.ts')], {
  cwd: root,
  env: { ...process.env, ...ensureTestTools(), ALDABA_ROOT: root, NODE_ENV: 'test' },
});
child.on('message', ({ counts }) => {
  if (counts) process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
