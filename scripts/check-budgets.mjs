// Ceilings against drift. They are raised only with a record in docs/decisions/.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { partOfSignIn } from './check-reach.mjs';
import { isTest, listFiles } from './files.mjs';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

const ceilings = {
  file: 400,
  test: 600,
  script: 150,
  connector: 60,
  readme: 100,
  function: 60,
  parameters: 4,
  dependencies: 32,
};
/** Files that may not grow together, and each part of the sign-in: docs/decisions/0015. */
export const signInPages = { files: /^server\/src\/sign-in\/(pages\/[^/]+$|views\.ts$)/, lines: 1_150 };
export const signInPart = { lines: 260 };
const vagueNames = /^(utils?|helpers?|common|misc|manager)\b/;
// Lists of words in which a line is an entry, and generated files; nothing is gained by cutting them.
const exempt = /^pages\/src\/phrases\/|^console\/src\/.*\/phrases\/|^server\/src\/store\/schema\.ts$/;

/** Everything over its ceiling: [{ file, line, message }]. */
export function checkBudgets(base = root) {
  const files = listFiles('.', base);
  const code = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file));
  return [
    ...code.flatMap((file) => checkCode(file, base)),
    ...checkPages(code, base),
    ...checkParts(code, base),
    ...checkReadme(files, base),
    ...checkServerSize(base),
  ];
}

function checkCode(file, base) {
  const problems = [];
  const say = (line, message) => problems.push({ file, line, message });
  const { lines, functions } = readSource(file, base);
  const limit = ceilings[kindOf(file)];
  if (lines > limit && !exempt.test(file)) say(limit, `${lines} lines, at most ${limit}: split it by what it knows`);
  if (vagueNames.test(basename(file))) say(1, 'the name says nothing: call it by what it holds');
  if (!/^[a-z0-9.-]+$/.test(basename(file))) say(1, 'file names are kebab-case');
  for (const { name, line, length, parameters, suite } of functions) {
    if (length > ceilings.function && !suite)
      say(line, `${name} has ${length} lines, at most ${ceilings.function}: give its parts names`);
    if (parameters > ceilings.parameters)
      say(line, `${name} takes ${parameters} parameters, at most ${ceilings.parameters}: take one object`);
  }
  return problems;
}

function kindOf(file) {
  if (isTest(file)) return 'test';
  if (file.startsWith('scripts/')) return 'script';
  // Data and one mapping: what several connectors need belongs in the kit.
  return /^connectors\/src\/[^/]+\/index\.ts$/.test(file) ? 'connector' : 'file';
}

const linesOf = (files, base) => files.reduce((total, file) => total + readSource(file, base).lines, 0);

function checkPages(code, base) {
  const pages = code.filter((file) => signInPages.files.test(file) && !isTest(file));
  const lines = linesOf(pages, base);
  const message = `the pages and views of sign-in have ${lines} lines, at most ${signInPages.lines}`;
  return lines > signInPages.lines ? [{ file: pages[0], line: 1, message }] : [];
}

function checkParts(code, base) {
  const files = code.filter((file) => !isTest(file));
  const parts = Object.entries(Object.groupBy(files, (file) => partOfSignIn.exec(file)?.[0] ?? ''));
  return parts.flatMap(([folder, own]) => {
    const lines = folder === '' ? 0 : linesOf(own, base);
    const message = `${folder} has ${lines} lines, at most ${signInPart.lines}: it is more than one part`;
    return lines > signInPart.lines ? [{ file: own[0], line: 1, message }] : [];
  });
}

function checkReadme(files, base) {
  if (!files.includes('README.md')) return [{ file: 'README.md', line: 1, message: 'is missing' }];
  const lines = readFileSync(join(base, 'README.md'), 'utf8').trimEnd().split('\n').length;
  const message = `${lines} lines, at most ${ceilings.readme}: move detail to docs/`;
  return lines > ceilings.readme ? [{ file: 'README.md', line: ceilings.readme, message }] : [];
}

function checkServerSize(base) {
  const file = 'server/package.json';
  const { dependencies = {} } = JSON.parse(readFileSync(join(base, file), 'utf8'));
  const names = Object.keys(dependencies).filter((name) => !name.startsWith('@aldaba/'));
  const message = `${names.length} direct dependencies, at most ${ceilings.dependencies}`;
  return names.length > ceilings.dependencies ? [{ file, line: 1, message }] : [];
}
