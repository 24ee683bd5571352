// `npm run guides`: follows every framework guide of `console/guides` in a scratch folder, with the newest versions of
// its packages, and prints them. `npm run guides -- flask vue` follows these; `--record` writes the versions to
// `console/guides/versions.json`, which `npm test` installs. Guides for Go need Go 1.25, for Java 17 also Maven.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
import { prepare } from './prepare.mjs';
import { fail, requireNode, root } from './runtime.mjs';
import { ensureTestTools } from './test-tools.mjs';

const words = process.argv.slice(2);
const names = words.filter((word) => word !== '--record');
const folder = join(root, 'console/guides');
const unknown = names.find((name) => !existsSync(join(folder, name, 'guide.md')));
if (unknown) fail(`There is no guide named ${unknown} in console/guides.`);

const languages = new Set(
  listFiles('console/guides')
    .filter((path) => path.endsWith('/guide.md') && (names.length === 0 || names.includes(path.split('/').at(-2))))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .filter((text) => !/^tested: no$/m.test(text))
    .map((text) => /^language: (.*)$/m.exec(text)?.[1]),
);
for (const [language, program, flag, need] of [
  ['Python', 'python3', '--version', 'Python 3.9 or newer with venv'],
  ['Go', 'go', 'version', 'Go 1.25 or newer'],
  ['Java', 'mvn', '--version', 'Java 17 or newer with Maven'],
]) {
  if (languages.has(language) && spawnSync(program, [flag]).status !== 0)
    fail(`The guides for ${language} need ${need} on the PATH.`);
}
await prepare({ development: true });
await requireNode();
const child = fork(join(root, 'scripts/test-run.mjs'), [join(root, 'test/guides/programs.ts')], {
  cwd: root,
  env: {
    ...process.env,
    ...ensureTestTools(),
    ALDABA_ROOT: root,
    NODE_ENV: 'test',
    GUIDES: names.join(' '),
    GUIDES_RECORD: words.includes('--record') ? 'yes' : '',
  },
});
child.on('message', ({ counts }) => {
  if (counts) process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
