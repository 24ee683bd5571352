// `npm run check`: types, format and lint, boundaries, reach, budgets, unused code, generated files. Prints `file:line
// what to do` for each finding.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode, root } from './runtime.mjs';

await ensureInstalled({ development: true });
await requireNode();

const { checkBoundaries } = await import('./check-boundaries.mjs');
const { checkBudgets } = await import('./check-budgets.mjs');
const { checkFactors } = await import('./check-factors.mjs');
const { checkReach, describeReach } = await import('./check-reach.mjs');
const { checkSurroundings } = await import('./check-surroundings.mjs');
const { checkDependencies } = await import('./check-dependencies.mjs');
const { checkUnused } = await import('./check-unused.mjs');
const { checkWords } = await import('./check-words.mjs');

const bin = (name) => join(root, 'node_modules/.bin', name);

const checks = [
  ['types', checkTypes],
  ['format and lint', checkFormat],
  ['boundaries', checkBoundaries],
  ['reach', checkReach],
  ['factors', checkFactors],
  ['surroundings', checkSurroundings],
  ['budgets', checkBudgets],
  ['dependencies', checkDependencies],
  ['unused', checkUnused],
  ['words', checkWords],
  ['generated files', checkGenerated],
];

let found = 0;
for (const [name, check] of checks) {
  const start = Date.now();
  const problems = await check();
  const result = problems.length === 0 ? '✔' : `✖ ${problems.length}`;
  process.stdout.write(`${result} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`);
  for (const { file, line, message } of problems)
    process.stdout.write(`  ${file}${line ? `:${line}` : ''}  ${message}\n`);
  found += problems.length;
  if (name === 'reach')
    process.stdout.write(
      describeReach()
        .map((line) => `  ${line}\n`)
        .join(''),
    );
}
process.exitCode = found > 0 ? 1 : 0;

// Incremental: a second check reads only the files that changed, 1 s of CPU time instead of 9.
async function checkTypes() {
  const projects = listFiles().filter((file) => /(^|\/)tsconfig\.json$/.test(file));
  const problems = [];
  for (const project of projects) {
    const record = join(root, '.cache', `${project.replaceAll('/', '-')}.tsbuildinfo`);
    const flags = ['--pretty', 'false', '--incremental', '--tsBuildInfoFile', record];
    const { code, output } = await run(bin('tsc'), ['-p', project, ...flags]);
    const lines = output
      .split('\n')
      .map((text) => /^(\S.*?)\((\d+),\d+\): (.*)$/.exec(text))
      .filter(Boolean);
    if (code !== 0 && lines.length === 0) problems.push({ file: project, message: output.trim() });
    for (const [, file, line, message] of lines) problems.push({ file, line, message });
  }
  return problems;
}

async function checkFormat() {
  const { code, output } = await run(bin('biome'), [
    'ci',
    '--colors=off',
    '--reporter=json',
    '--max-diagnostics=none',
    '.',
  ]);
  const start = output.indexOf('{"summary"');
  if (start === -1) return code === 0 ? [] : [{ file: 'biome.json', message: output.trim() }];
  const { diagnostics } = JSON.parse(output.slice(start).split('\n')[0]);
  return diagnostics.map(({ category, message, location }) => {
    const fixable = category === 'format' || category.startsWith('assist/');
    const what = fixable ? 'not formatted: run `npx biome check --write`' : `${message} (${category})`;
    return { file: location?.path ?? '', line: location?.start?.line, message: what };
  });
}

async function checkGenerated() {
  const problems = [];
  const programs = [
    'lock-platforms.mjs',
    ...listFiles('scripts')
      .map((file) => file.slice('scripts/'.length))
      .filter((name) => /^generate-.*\.mjs$/.test(name)),
  ];
  for (const name of programs) {
    const { code, output } = await run(process.execPath, [join(root, 'scripts', name), '--check']);
    if (code !== 0)
      problems.push({
        file: `scripts/${name}`,
        message: output.trim() || `not up to date: run \`node scripts/${name}\``,
      });
  }
  return problems;
}

function run(file, args) {
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
