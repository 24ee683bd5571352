import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from './runtime.mjs';
import { runTests } from './test-process.mjs';

describe('A run of the tests', () => {
  let folder;
  before(async () => {
    folder = await mkdtemp(join(root, '.cache/test-process-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('ends at a test that hangs, names it last, and keeps what was found before', async () => {
    const file = join(folder, 'test-of-the-runner.mjs');
    await writeFile(
      file,
      `import { it } from 'node:test';
      it('passes', () => undefined);
      it('fails', () => { throw new Error('as expected'); });
      it('hangs', async () => { await new Promise((resolve) => setTimeout(resolve, 1e9)); });`,
    );
    const limits = { wholeRun: 600_000, oneTest: 10_000 };
    const { counts, failures } = await runTests([relative(root, file)], {}, limits, 'ignore');
    assert.deepEqual(counts, { passed: 1, failed: 2, skipped: 0 });
    assert.equal(failures.length, 2);
    assert.match(failures[0], /✖ fails\n[\s\S]*as expected/);
    assert.match(failures[1], /test-of-the-runner\.mjs: hangs\n.*still running/);
  });
});
