import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkReach, describeReach, reachOf } from './check-reach.mjs';

const base = mkdtempSync(join(tmpdir(), 'aldaba-reach-'));
after(() => rmSync(base, { recursive: true, force: true }));

for (const [path, text] of Object.entries({
  'server/src/a.ts':
    "import { b } from './b.ts';\nimport type { T } from './types.ts';\nexport const a = b as T;\nexport { d } from './d.ts';\n",
  'server/src/b.ts':
    "import { readFile } from 'node:fs';\nexport const b = () => import('./lazy.ts');\nvoid readFile;\n",
  'server/src/d.ts': "import { a } from './a.ts';\nexport const d = () => a;\n",
  'server/src/types.ts': "import { b } from './b.ts';\nexport type T = typeof b;\n",
  'server/src/lazy.ts': 'export {};\n',
})) {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
}

const entries = ['server/src/a.ts'];

describe('Reach check', () => {
  it('follows imports and re-exports, and neither types nor what is loaded later', () => {
    assert.deepEqual([...reachOf(entries, base).keys()], ['server/src/a.ts', 'server/src/b.ts', 'server/src/d.ts']);
  });

  it('accepts an entry at its ceiling and prints its figures', () => {
    const limits = [{ name: 'entry', entries, files: 3, lines: 9 }];
    assert.deepEqual(checkReach(base, limits), []);
    assert.deepEqual(describeReach(base, limits), ['entry: 3 of 3 files, 9 of 9 lines']);
  });

  it('leaves out what does not count, and not what that loads', () => {
    const limits = [{ name: 'core', entries, without: /b\.ts$/, files: 2, lines: 6 }];
    assert.deepEqual(checkReach(base, limits), []);
    assert.deepEqual(describeReach(base, limits), ['core: 2 of 2 files, 6 of 6 lines']);
  });

  it('finds an entry above its ceiling of files or lines', () => {
    const problems = checkReach(base, [{ name: 'entry', entries, files: 2, lines: 8 }]);
    assert.deepEqual(
      problems.map(({ message }) => message.split(':')[0]),
      ['the entry reaches 3 files, at most 2', 'the entry reaches 9 lines, at most 8'],
    );
  });

  it('finds an entry that does not exist', () => {
    const [problem] = checkReach(base, [{ name: 'gone', entries: ['server/src/gone.ts'], files: 1, lines: 1 }]);
    assert.equal(problem.file, 'server/src/gone.ts');
  });
});
