import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkUnused } from './check-unused.mjs';

test('names each unused file, export, type and dependency with its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-unused-'));
  const files = {
    'package.json': JSON.stringify({ name: 'x', type: 'module', dependencies: { 'left-over': '1.0.0' } }, null, 2),
    'knip.json': JSON.stringify({ entry: ['main.ts'], project: ['*.ts'] }),
    'main.ts': "import { used } from './parts.ts';\nused();\n",
    'parts.ts': 'export const used = () => {};\nexport const spare = 1;\nexport type Spare = 1;\n',
    'forgotten.ts': 'export {};\n',
  };
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const found = (await checkUnused(folder)).map(({ file, line, message }) => [file, line, message.split(':')[0]]);
    assert.deepEqual(found.sort(), [
      ['forgotten.ts', undefined, 'unused file'],
      ['package.json', 5, 'unused dependency left-over'],
      ['parts.ts', 2, 'unused export spare'],
      ['parts.ts', 3, 'unused type Spare'],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
