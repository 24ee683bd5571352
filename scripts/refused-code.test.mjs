// Defects that were once possible in product files, made in copies of them: the compiler or a check refuses each.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAst } from 'rolldown/parseAst';
import { checkSurroundings } from './check-surroundings.mjs';
import { isTest, listFiles } from './files.mjs';
import { root } from './runtime.mjs';

const users = 'server/src/features/people/users';
const organizations = 'server/src/features/organizations/organizations';

/** Each is made in a copy of its file: `by` replaces `text`, and the compiler must say `message` about the copy. */
const defects = {
  'a response with a member of another name and type': {
    file: `${users}/routes.ts`,
    text: /hasPassword: \(await [^;]+?\)\.hasPassword,/,
    by: "hasPasswort: 'true',",
    message: /'\{ hasPasswort: string; \}' is not assignable/,
  },
  'the event User.Deleted with a wrong member': {
    file: `${users}/service.ts`,
    text: "'User.Deleted', { data: null }",
    by: "'User.Deleted', { wrong: 1 }",
    message: /'wrong' does not exist in type/,
  },
  'the deletion of a user without a transaction': {
    file: `${users}/service.ts`,
    text: 'remove: atomic(async (tx, userId)',
    by: 'remove: (async (tx, userId)',
    message: /missing in type 'Queries' but required in type 'Transaction'/,
  },
  'error data of another shape': {
    file: `${organizations}/service.ts`,
    text: "new AldabaError('organization.role_names_not_found', { names })",
    by: "new AldabaError('organization.role_names_not_found', { roles: names })",
    message: /'roles' does not exist in type/,
  },
};

/** The machine of sign-in, with imports that a pure file must not have. */
const machine = 'server/src/sign-in/machine/machine.ts';
const impurities = ['node:crypto', '../../store/index.ts', '../attempts.ts'];

/** The one transaction that its callee does not require: without a session, the step is one statement. */
const optional = [/^flow\.session \|\| flow\.open/];

describe('Defects in product files', () => {
  let base;
  /** What the compiler says: [{ file, line, message }]. */
  let errors;
  /** Copies of all files that open transactions, in which functions without transactions replace them. */
  let weakened;

  const copyOf = (file, name) => file.replace(/\.ts$/, `.${name}.ts`);
  const write = (path, text) => writeFileSync(join(base, path), text);
  const read = (path) => readFileSync(join(base, path), 'utf8');

  before(() => {
    base = mkdtempSync(join(tmpdir(), 'aldaba-refused-'));
    for (const path of ['server/src', 'server/package.json', 'tsconfig.json', 'package.json'])
      cpSync(join(root, path), join(base, path), { recursive: true });
    for (const path of ['node_modules', 'server/node_modules'])
      if (existsSync(join(root, path))) symlinkSync(join(root, path), join(base, path));
    for (const [index, { file, text, by }] of Object.values(defects).entries()) {
      const changed = read(file).replace(text, by);
      assert.notEqual(changed, read(file), `${file} has no ${text}`);
      write(copyOf(file, `defect-${index}`), changed);
    }
    weakened = weaken();
    const project = { extends: './tsconfig.json', include: ['server/src'], exclude: ['**/*.test.ts'] };
    write('tsconfig.refused.json', JSON.stringify(project));
    errors = compile('tsconfig.refused.json');
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  function weaken() {
    write(
      'server/src/store/weak.ts',
      `import type { Queries } from './database.ts';
       type Work<Given extends unknown[], Result> = (tx: Queries, ...given: Given) => Promise<Result>;
       export const atomic = <Given extends unknown[], Result>(work: Work<Given, Result>): Work<Given, Result> => work;
       export const weakly = (q: Queries) => <Result>(work: (tx: Queries) => Promise<Result>) => work(q);`,
    );
    return listFiles('server/src', base)
      .filter((file) => file.endsWith('.ts') && !isTest(file) && !/^server\/src\/store\/|\.defect-\d/.test(file))
      .filter((file) => /\batomic\(|\.transaction\(/.test(read(file)))
      .map((file) => {
        const up = '../'.repeat(file.split('/').length - 3) || './';
        const text = read(file)
          .replace(/import \{ atomic \} from [^;]+;/, '')
          .replace(/([\w.?]+)\s*\.transaction\(/g, 'weakly($1)(');
        const copy = copyOf(file, 'weak');
        // On the first line, so that the lines keep their numbers.
        write(copy, `import { atomic, weakly } from '${up}store/weak.ts'; void atomic; void weakly; ${text}`);
        return copy;
      });
  }

  function compile(project) {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const given = [compiler, '-p', project, '--pretty', 'false', '--noUnusedLocals', 'false'];
    const { stdout } = spawnSync(process.execPath, given, { cwd: base, encoding: 'utf8' });
    return [...stdout.matchAll(/^(\S.*?)\((\d+),\d+\): (.*(?:\n {2}.*)*)/gm)].map(([, file, line, message]) => ({
      file,
      line: Number(line),
      message,
    }));
  }

  it('are found in the copies alone: the product itself compiles', () => {
    assert.deepEqual(
      errors.filter(({ file }) => !/\.(defect-\d+|weak)\.ts$/.test(file)),
      [],
    );
  });

  for (const [index, [name, { file, message }]] of Object.entries(defects).entries())
    it(`do not compile: ${name}`, () => {
      const found = errors.filter((error) => error.file === copyOf(file, `defect-${index}`));
      assert.ok(
        found.some((error) => message.test(error.message)),
        JSON.stringify(found),
      );
    });

  it('do not compile: any change of a service whose transaction was removed', () => {
    const compiled = weakened.flatMap((file) => {
      const text = read(file);
      const lineAt = (offset) => text.slice(0, offset).split('\n').length;
      const inFile = errors.filter((error) => error.file === file);
      return callsThatWereAtomic(parseAst(text, { lang: 'ts' }, file))
        .filter(({ start, end }) => !inFile.some(({ line }) => line >= lineAt(start) && line <= lineAt(end)))
        .map(({ start }) => `${file}:${lineAt(start)} ${text.split('\n')[lineAt(start) - 1].trim()}`);
    });
    const found = compiled.filter((place) => !optional.some((known) => known.test(place.replace(/^\S+ /, ''))));
    assert.deepEqual(found, []);
    assert.equal(compiled.length - found.length, optional.length);
    assert.ok(weakened.length > 20);
  });

  it('do not pass the check: imports of node:crypto and of the database into the machine of sign-in', () => {
    write(machine, `${impurities.map((specifier) => `import '${specifier}';\n`).join('')}${read(machine)}`);
    assert.deepEqual(
      checkSurroundings(base).map(
        ({ file, line, message }) => `${file}:${line} ${message.replace(/: import types only.*/, '')}`,
      ),
      impurities.map((specifier, index) => `${machine}:${index + 1} imports ${specifier} in a pure file`),
    );
  });
});

/** The calls of `atomic(…)` and `weakly(…)(…)` below a node. */
function callsThatWereAtomic(node) {
  const { callee } = node;
  const isCall = node.type === 'CallExpression' && (callee.name === 'atomic' || callee.callee?.name === 'weakly');
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [
    ...(isCall ? [node] : []),
    ...children.filter((child) => child?.type).flatMap((child) => callsThatWereAtomic(child)),
  ];
}
