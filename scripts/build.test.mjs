import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bundle } from './build.mjs';

test('a bundle has ASCII characters only, which Node keeps in 1 byte each, and the same values', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-bundle-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const source = `
    // Sign in: 登录
    export const text = '登录 · sesión 😀';
    export const template = \`使用 \${text.length} …\`;
    export const matches = (value) => /^[。😀]+$/u.test(value);
  `;
  const entry = join(folder, 'entry.mjs');
  await writeFile(entry, source);
  const output = join(folder, 'output');
  await bundle({ entry }, output);
  for (const name of await readdir(output))
    if (name.endsWith('.js')) assert.doesNotMatch(await readFile(join(output, name), 'utf8'), /[^\0-\x7f]/);
  const built = await import(pathToFileURL(join(output, 'entry.js')).href);
  assert.equal(built.text, '登录 · sesión 😀');
  assert.equal(built.template, '使用 14 …');
  assert.equal(built.matches('。😀'), true);
  assert.equal(built.matches('\ude00'), false);
});
