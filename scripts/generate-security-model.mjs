// Writes the lists of tests in docs/security-model.md. The list of a rule is between `<!-- tests: id -->` and `<!-- end
// of tests -->`. A comment in the line above a test adds it to the rules it proves: `// security: id, other-id`.
// `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTest, listFiles } from './files.mjs';
import { fail, root } from './runtime.mjs';

const page = 'docs/security-model.md';
const lists = /<!-- tests: ([a-z0-9-]+) -->\n[\s\S]*?<!-- end of tests -->/g;

/** The rules that a page lists tests for, by id, in its order. */
export function ruleIds(text) {
  return [...text.matchAll(lists)].map(([, id]) => id);
}

/** The tagged tests of one file: [{ file, line, name, rules }]. A value in a name is shown as `…`. */
export function taggedTests(file, text) {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const tag = /^\s*\/\/ security: (.+)$/.exec(line)?.[1];
    if (tag === undefined) return [];
    const rules = tag.split(',').map((rule) => rule.trim());
    return [{ file, line: index + 1, name: nameAt(lines.slice(index + 1, index + 4).join('\n')), rules }];
  });
}

const text = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/;
const test = new RegExp(`\\b(?:it|test|describe|suite)(?:\\.\\w+)?\\(\\s*(?:${text.source})`);

/**
 * The name of the test or group that begins below a tag, or the first text of a table's row; undefined if there is
 * neither.
 */
function nameAt(code) {
  const isRow = /^\s*[[{]?\s*['"`]/.test(code);
  const [, single, double, template] = (isRow ? undefined : test.exec(code)) ?? text.exec(code) ?? [];
  const name = single ?? double ?? template?.replaceAll(/\$\{[^}]*\}/g, '…');
  return name?.replaceAll(/\\(.)/g, '$1');
}

/** The page with updated lists, and the problems of the tags: rules without a test, tags without a rule or a test. */
export function withTests(text, tests) {
  const known = ruleIds(text);
  const unknown = tests.flatMap(({ file, line, name, rules }) => [
    ...rules
      .filter((rule) => !known.includes(rule))
      .map((rule) => `${file}:${line} no rule of ${page} is named ${rule}`),
    ...(name ? [] : [`${file}:${line} the tag has no test below it`]),
  ]);
  const listOf = (id) => {
    const own = tests.filter(({ rules }) => rules.includes(id)).map(({ file, name }) => `  - \`${file}\` “${name}”`);
    return [...new Set(own)];
  };
  const problems = [
    ...known.filter((id) => listOf(id).length === 0).map((id) => `${page} no test is tagged with ${id}`),
    ...known.filter((id, index) => known.indexOf(id) !== index).map((id) => `${page} names two rules ${id}`),
    ...unknown,
  ];
  const written = text.replaceAll(
    lists,
    (_, id) => `<!-- tests: ${id} -->\n- Tests:\n${listOf(id).join('\n')}\n<!-- end of tests -->`,
  );
  return { text: written, problems };
}

/** All tagged tests of the repository. */
export function readTaggedTests(base = root) {
  const files = listFiles('.', base).filter((file) => isTest(file) && /\.test\.(ts|tsx|mjs)$/.test(file));
  return files.flatMap((file) => taggedTests(file, readFileSync(join(base, file), 'utf8')));
}

if (import.meta.main) {
  const path = join(root, page);
  const current = readFileSync(path, 'utf8');
  const { text: written, problems } = withTests(current, readTaggedTests());
  if (problems.length > 0) fail(problems.join('\n'));
  if (!process.argv.includes('--check')) writeFileSync(path, written);
  else if (current !== written) fail(`${page} is out of date: run \`node scripts/generate-security-model.mjs\``);
}
