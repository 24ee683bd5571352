import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseGuide } from '../../guides/format.ts';
import { loadColorize } from './code-colors.ts';
import { colorPieces } from './code-pieces.ts';

const folder = join(import.meta.dirname, '../../guides');

/** All code of the guides, by language. */
function codeOfGuides(): { language: string; text: string }[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .flatMap(({ name }) => parseGuide(name, readFileSync(join(folder, name, 'guide.md'), 'utf8')).steps)
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => {
      if (block.kind === 'commands') return [{ language: 'sh', text: block.text }];
      return block.kind === 'code' ? [{ language: block.language, text: block.text }] : [];
    });
}

/** The words of `code` that have a color. */
async function colorsOf(language: string, code: string): Promise<Record<string, string>> {
  const parts = (await loadColorize(language))?.(code) ?? [];
  return Object.fromEntries(parts.flatMap(({ text, color }) => (color ? [[text, color]] : [])));
}

describe('the colors of code', () => {
  it('change no character of any guide, and know every language of theirs but plain text', async () => {
    const all = codeOfGuides();
    const colored = new Set<string>();
    for (const { language, text } of all) {
      const parts = (await loadColorize(language))?.(text) ?? [{ text }];
      assert.equal(parts.map((part) => part.text).join(''), text);
      if (parts.some(({ color }) => color)) colored.add(language);
    }
    const plain = all.map(({ language }) => language).filter((language) => !colored.has(language));
    assert.deepEqual([...new Set(plain)], ['text']);
  });

  it('tell code from words in the markup of JSX', async () => {
    const code = 'return <p title="Home">Don\'t sign in</p>; // later';
    const found = await colorsOf('jsx', code);
    assert.deepEqual([found['return'], found['in'], found['// later']], ['keyword', undefined, 'comment']);
  });

  it('color the script of a component as a script', async () => {
    const found = await colorsOf('vue', '<script setup>\nconst one = 1;\n</script>\n<p>const</p>');
    assert.deepEqual([found['const'], found['1']], ['keyword', 'number']);
  });

  it('leave the marked values whole, in their place', async () => {
    const pieces = [
      { text: 'client = Client("' },
      { text: 'https://id.example.com/if', isMarked: true },
      { text: '/callback")  # mine\nreturn ' },
      { text: '••••', isMarked: true },
    ];
    const code = pieces.map(({ text }) => text).join('');
    const shown = colorPieces(pieces, (await loadColorize('python'))?.(code) ?? []);
    assert.equal(shown.map(({ text }) => text).join(''), code);
    assert.deepEqual(
      shown.filter(({ isMarked }) => isMarked),
      [pieces[1], pieces[3]],
    );
    assert.equal(shown.find(({ text }) => text.startsWith('/callback'))?.color, 'string');
    assert.equal(shown.find(({ text }) => text === 'return')?.color, 'keyword');
  });

  it('leave an unknown language plain, whatever its name', async () => {
    for (const language of ['cobol', '', 'constructor']) assert.equal(await loadColorize(language), undefined);
  });
});
