// `npm run clients`: programs of other vendors that have to be compiled or take long to start, which `npm test` leaves
// out. `npm run clients -- keycloak` runs one of the suites below; `needs` says what has to be there.
import { fork, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { fail, requireNode, root } from './runtime.mjs';
import { ensureTestTools } from './test-tools.mjs';

const suites = { programs: ['go', 'mvn'], keycloak: ['mvn'], 'active-directory': ['samba'] };
const needs = {
  go: ['version', 'Go 1.25 or newer'],
  mvn: ['--version', 'Java 17 or newer with Maven'],
  samba: [
    '--version',
    'a domain controller, as root (on Debian: apt-get install samba-ad-dc samba-ad-provision samba-dsdb-modules ldb-tools)',
  ],
};
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
for (const suite of wanted) {
  if (!Object.hasOwn(suites, suite)) fail(`There is no suite ${suite}. Suites: ${Object.keys(suites).join(', ')}.`);
  for (const program of suites[suite]) {
    const [flag, need] = needs[program];
    if (spawnSync(program, [flag]).status !== 0) fail(`The suite ${suite} needs ${need} on the PATH.`);
  }
}
await prepare({ development: true });
await requireNode();
const files = wanted.map((suite) => join(root, `test/clients/compiled/${suite}.ts`));
const child = fork(join(root, 'scripts/test-run.mjs'), files, {
  cwd: root,
  env: { ...process.env, ...ensureTestTools(), ALDABA_ROOT: root, NODE_ENV: 'test' },
});
child.on('message', ({ counts }) => {
  if (counts) process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
