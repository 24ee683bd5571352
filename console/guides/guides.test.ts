import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Guide, parseGuide, parseTranslation } from './format.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (name: string): Guide => parseGuide(name, readFileSync(join(folder, name, 'guide.md'), 'utf8'));

describe('the framework guides of the repository', () => {
  for (const name of names) {
    it(`follow the format, with their translations: ${name}`, () => {
      const guide = read(name);
      for (const file of readdirSync(join(folder, name))) {
        if (file === 'guide.md') continue;
        assert.match(file, /^guide\.(es|zh-CN)\.md$/);
        const translated = parseTranslation(guide, readFileSync(join(folder, name, file), 'utf8'), `${name}/${file}`);
        const kept = translated.steps.filter(({ title }, index) => title === guide.steps[index]?.title);
        assert.deepEqual(kept, [], `${name}/${file} translates the titles of its steps`);
      }
    });
  }

  it('have distinct positions in their category', () => {
    const positions = names.map(read).map(({ category, order, name }) => ({ position: `${category} ${order}`, name }));
    const shared = Map.groupBy(positions, ({ position }) => position)
      .values()
      .filter((group) => group.length > 1);
    assert.deepEqual([...shared], []);
  });
});
