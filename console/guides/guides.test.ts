import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseGuide } from './format.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('the folder of the framework guides', () => {
  it('has only guides and their translations', () => {
    const files = names.flatMap((name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`));
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !/\/guide(\.es|\.zh-CN)?\.md$/.test(file)),
      [],
    );
  });

  it('gives each guide its own position in its category', () => {
    const positions = names.map((name) => {
      const { category, order } = parseGuide(name, readFileSync(join(folder, name, 'guide.md'), 'utf8'));
      return `${category} ${order}`;
    });
    assert.deepEqual(
      positions.filter((position, index) => positions.indexOf(position) !== index),
      [],
    );
  });
});
