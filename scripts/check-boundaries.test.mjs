import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkBoundaries } from './check-boundaries.mjs';
import { checkBudgets, signInPages, signInPart } from './check-budgets.mjs';
import { checkSurroundings } from './check-surroundings.mjs';

const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A repository of nothing but the given files. */
function tree(files) {
  const folder = mkdtempSync(join(tmpdir(), 'aldaba-check-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const places = (problems) => problems.map(({ file, line }) => `${file}:${line}`);

describe('Boundary check', () => {
  it('accepts imports that point down and enter a feature through its index', () => {
    const base = tree({
      'server/src/kernel/ids.ts': 'export const id = 1;\n',
      'server/src/features/people/users/index.ts': "export * from './service.ts';\n",
      'server/src/features/people/users/service.ts': "import { read } from './store.ts';\nexport const users = read;\n",
      'server/src/features/people/users/store.ts':
        "import { id } from '../../../kernel/ids.ts';\nexport const read = id;\n",
      'server/src/oidc/index.ts':
        "import { users } from '../features/people/users/index.ts';\nexport const oidc = users;\n",
    });
    assert.deepEqual(checkBoundaries(base), []);
  });

  it('finds an import that points up, also when it imports types only', () => {
    const base = tree({
      'server/src/kernel/ids.ts': "export const id = 1;\nimport type { A } from '../store/a.ts';\nexport type B = A;\n",
      'server/src/store/a.ts': 'export type A = 1;\n',
    });
    assert.deepEqual(places(checkBoundaries(base)), ['server/src/kernel/ids.ts:2']);
  });

  it('accepts pure files of a feature everywhere, and its routes in the table', () => {
    const base = tree({
      'server/src/kernel/text.ts': 'export const trim = (text) => text.trim();\n',
      'server/src/features/people/users/rules.ts':
        "import type { Row } from './store.ts';\nimport { trim } from '../../../kernel/text.ts';\nexport const rule = trim;\n",
      'server/src/features/people/users/store.ts': 'export type Row = 1;\n',
      'server/src/features/people/users/routes.ts': 'export const userRoutes = 1;\n',
      'server/src/oidc/claims.ts':
        "import { rule } from '../features/people/users/rules.ts';\nexport const claims = rule;\n",
      'server/src/routes.ts': "import './features/people/users/routes.ts';\n",
    });
    assert.deepEqual(checkBoundaries(base), []);
  });

  it('finds files of a feature that do I/O, by themselves or through an import, and routes outside of the table', () => {
    const base = tree({
      'server/src/kernel/outbound.ts': "import 'node:http';\nexport const send = 1;\n",
      'server/src/features/people/users/sends.ts':
        "import { send } from '../../../kernel/outbound.ts';\nexport const sends = send;\n",
      'server/src/features/people/users/calls.ts': "export const calls = () => fetch('https://example.com');\n",
      'server/src/features/people/users/routes.ts': 'export const userRoutes = 1;\n',
      'server/src/oidc/claims.ts':
        "import '../features/people/users/sends.ts';\nimport '../features/people/users/calls.ts';\nimport '../features/people/users/routes.ts';\n",
    });
    const problems = checkBoundaries(base);
    assert.deepEqual(
      places(problems),
      [1, 2, 3].map((line) => `server/src/oidc/claims.ts:${line}`),
    );
    assert.match(problems[0].message, /kernel\/outbound\.ts imports node:http/);
  });

  it("finds a store that is used outside of its folder, and a way around a feature's index", () => {
    const base = tree({
      'server/src/features/people/users/store.ts': 'export const read = 1;\n',
      'server/src/features/people/users/service.ts': 'export const service = 1;\n',
      'server/src/features/applications/consent/service.ts':
        "import '../../people/users/store.ts';\nawait import('../../people/users/service.ts');\n",
    });
    assert.deepEqual(places(checkBoundaries(base)), [
      'server/src/features/applications/consent/service.ts:1',
      'server/src/features/applications/consent/service.ts:2',
    ]);
  });

  it('finds import cycles between files and between features', () => {
    const base = tree({
      'server/src/kernel/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
      'server/src/kernel/b.ts': "import type { A } from './a.ts';\nexport type B = A;\n",
      'server/src/features/people/x/index.ts': "import '../y/index.ts';\n",
      'server/src/features/people/y/index.ts': "import './part.ts';\n",
      'server/src/features/people/y/part.ts': 'export {};\n',
      'server/src/features/people/y/other.ts': "import '../x/index.ts';\n",
    });
    const rings = checkBoundaries(base).map(({ message }) => message);
    assert.equal(rings.length, 2);
    assert.match(rings[0], /kernel\/a\.ts → server\/src\/kernel\/b\.ts/);
    assert.match(rings[1], /features\/people\/x → server\/src\/features\/people\/y/);
  });

  it('accepts the driver in the store and the web framework in http only', () => {
    const base = tree({
      'server/src/features/people/users/service.ts': "import 'pg';\nimport 'fastify';\n",
      'connectors/src/github/index.ts': "import 'node:fs';\n",
    });
    assert.deepEqual(places(checkBoundaries(base)).sort(), [
      'connectors/src/github/index.ts:1',
      'server/src/features/people/users/service.ts:1',
      'server/src/features/people/users/service.ts:2',
    ]);
  });
});

describe('Budget check', () => {
  it('finds long files, long functions, long parameter lists and names that say nothing', () => {
    const long = `export function long() {\n${'  void 0;\n'.repeat(60)}}\n`;
    const base = tree({
      'README.md': '# Aldaba\n',
      'server/package.json': '{ "dependencies": {} }\n',
      'server/src/kernel/long.ts': long,
      'server/src/kernel/many.ts': 'export const many = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];\n',
      'server/src/kernel/utils.ts': 'export {};\n',
      'server/src/kernel/words.ts': 'export {};\n'.repeat(401),
    });
    assert.deepEqual(places(checkBudgets(base)), [
      'server/src/kernel/long.ts:1',
      'server/src/kernel/many.ts:1',
      'server/src/kernel/utils.ts:1',
      'server/src/kernel/words.ts:400',
    ]);
  });

  it('finds a connector that has more than data and one mapping', () => {
    const base = tree({
      'README.md': '# Aldaba\n',
      'server/package.json': '{}\n',
      'connectors/src/long/index.ts': 'export {};\n'.repeat(61),
      'connectors/src/short/index.ts': 'export {};\n'.repeat(60),
      'connectors/src/shared/api.ts': 'export {};\n'.repeat(61),
    });
    assert.deepEqual(places(checkBudgets(base)), ['connectors/src/long/index.ts:60']);
  });

  it('finds pages and views of sign-in that grow together, without their tests', () => {
    const pages = (last) => ({
      'README.md': '# Aldaba\n',
      'server/package.json': '{}\n',
      'server/src/sign-in/pages/pages.ts': 'export {};\n'.repeat(400),
      'server/src/sign-in/pages/pages.test.ts': 'export {};\n'.repeat(500),
      'server/src/sign-in/pages/requests.ts': 'export {};\n'.repeat(400),
      'server/src/sign-in/views.ts': 'export {};\n'.repeat(last),
    });
    const left = signInPages.lines - 800;
    assert.deepEqual(places(checkBudgets(tree(pages(left)))), []);
    assert.deepEqual(places(checkBudgets(tree(pages(left + 1)))), ['server/src/sign-in/pages/pages.ts:1']);
  });

  it('finds a part of the sign-in that grows above its limit, and lets others come', () => {
    const folder = 'server/src/sign-in/factors';
    const parts = (last) => ({
      'README.md': '# Aldaba\n',
      'server/package.json': '{}\n',
      [`${folder}/one/definition.ts`]: 'export {};\n'.repeat(10),
      [`${folder}/one/index.ts`]: 'export {};\n'.repeat(last),
      [`${folder}/one/index.test.ts`]: 'export {};\n'.repeat(signInPart.lines),
      [`${folder}/two/index.ts`]: 'export {};\n'.repeat(signInPart.lines),
      [`${folder}/index.ts`]: 'export {};\n'.repeat(signInPart.lines + 1),
    });
    const left = signInPart.lines - 10;
    assert.deepEqual(places(checkBudgets(tree(parts(left)))), []);
    assert.deepEqual(places(checkBudgets(tree(parts(left + 1)))), [`${folder}/one/definition.ts:1`]);
  });

  it('measures a factory by its own lines and finds a long function inside of it', () => {
    const inner = (name, lines) => `  const ${name} = () => {\n${'    void 0;\n'.repeat(lines)}  };\n`;
    const base = tree({
      'README.md': '# Aldaba\n',
      'server/package.json': '{}\n',
      'server/src/kernel/fine.ts': `export function make() {\n${inner('a', 40)}${inner('b', 40)}  return { a, b };\n}\n`,
      'server/src/kernel/long.ts': `export function make() {\n${inner('a', 61)}  return a;\n}\n`,
    });
    assert.deepEqual(places(checkBudgets(base)), ['server/src/kernel/long.ts:2']);
  });
});

describe('Surroundings check', () => {
  it('finds a transaction in modules of routes, and none in services', () => {
    const open = 'export const save = (q) => q.transaction(async (tx) => tx);\n';
    const base = tree({
      'server/src/features/people/users/routes.ts': open,
      'server/src/features/people/users/service.ts': open,
      'server/src/sign-in/pages/pages.ts': open,
      'server/src/oidc/endpoints/key-routes.ts': open,
    });
    assert.deepEqual(places(checkSurroundings(base)), [
      'server/src/features/people/users/routes.ts:1',
      'server/src/oidc/endpoints/key-routes.ts:1',
      'server/src/sign-in/pages/pages.ts:1',
    ]);
  });

  it('finds a clock, randomness and waiting in the sign-in machine, and the process outside of main', () => {
    const base = tree({
      'server/src/main.ts': 'export const port = process.env;\n',
      'server/src/sign-in/machine/machine.ts':
        'export const step = async () => {\n  await null;\n  return Date.now() + Math.random();\n};\n',
      'server/src/sign-in/machine/second-factor.ts': 'export const later = () => setTimeout(() => {}, 1);\n',
      'server/src/sign-in/factors/totp/definition.ts': 'export const now = () => new Date();\n',
      'server/src/kernel/log.ts': 'export const env = process.env;\n',
    });
    assert.deepEqual(places(checkSurroundings(base)), [
      'server/src/kernel/log.ts:1',
      'server/src/sign-in/factors/totp/definition.ts:1',
      'server/src/sign-in/machine/machine.ts:2',
      'server/src/sign-in/machine/machine.ts:3',
      'server/src/sign-in/machine/machine.ts:3',
      'server/src/sign-in/machine/second-factor.ts:1',
    ]);
  });

  it('rejects every run-time import that leaves the pure files of the sign-in machine, in any of its files', () => {
    const files = ['machine', 'policy', 'second-factor', 'details'].map(
      (name) => `server/src/sign-in/machine/${name}.ts`,
    );
    const impure = [
      "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID;\n",
      "import { createAttempts } from '../attempts.ts';\nexport const attempts = createAttempts;\n",
      "import { type Clock } from '../../kernel/clock.ts';\nexport type Time = Clock;\n",
      "export * from '../factors/totp/index.ts';\n",
      "import { z } from 'zod';\nexport const schema = z;\n",
    ];
    for (const file of files)
      for (const text of impure)
        assert.deepEqual(places(checkSurroundings(tree({ [file]: text }))), [`${file}:1`], text);
    assert.deepEqual(places(checkSurroundings(tree({ 'server/src/sign-in/factors/totp/definition.ts': impure[1] }))), [
      'server/src/sign-in/factors/totp/definition.ts:1',
    ]);
  });

  it("accepts types of any area, and the definitions of factors, in the sign-in machine's files", () => {
    const base = tree({
      'server/src/sign-in/machine/machine.ts':
        "import type { Clock } from '../../kernel/clock.ts';\nimport { factors } from '../factors/definitions.ts';\nexport type Time = Clock;\nexport const all = factors;\n",
      'server/src/sign-in/factors/definitions.ts':
        "import { totp } from './totp/definition.ts';\nexport const factors = [totp];\n",
      'server/src/sign-in/factors/totp/definition.ts': 'export const totp = 1;\n',
    });
    assert.deepEqual(checkSurroundings(base), []);
  });
});
