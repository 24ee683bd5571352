import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkWords } from './check-words.mjs';

const folders = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What the check finds in one file, with the given pending folders. */
function found(path, text, pending = []) {
  const folder = mkdtempSync(join(tmpdir(), 'aldaba-words-'));
  folders.push(folder);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return checkWords(folder, pending).map(({ line, message }) => `${line} ${message}`);
}

const word = (letters) => letters.split(' ').join('');
const bannedWord = word('no body');

describe('Word check', () => {
  it('finds a banned word in a page, in any case, and says what to write instead', () => {
    assert.deepEqual(found('docs/a.md', `# Keys\n\n${word('Who ever')} has the key signs.\n`), [
      `3 “${word('Who ever')}”: name the actor: the user, the caller, an operator`,
    ]);
  });

  it('ignores fenced blocks, code spans, link targets and names of tests in a page', () => {
    const page = [
      '```',
      bannedWord,
      '```',
      `\`${bannedWord}\` [page](${bannedWord}.md) <!-- ${bannedWord} -->`,
      `  - \`a.test.ts\` “${bannedWord} signs in”`,
    ];
    assert.deepEqual(found('docs/a.md', page.join('\n')), []);
  });

  it('finds banned words in comments and test names, but not in other strings of code', () => {
    const code = [
      `// ${bannedWord} waits`,
      `const name = '${bannedWord}';`,
      `it('lets ${bannedWord} in', () => {});`,
      '',
    ];
    assert.deepEqual(
      found('server/src/a.test.ts', code.join('\n')).map((line) => line[0]),
      ['1', '3'],
    );
  });

  it('finds banned words in the strings of messages', () => {
    const code = `export const errors = { code: [404, 'There is ${bannedWord}.'] };\n`;
    assert.equal(found('contract/src/errors.ts', code).length, 1);
    assert.equal(found('contract/src/users.ts', code).length, 0);
  });

  it('finds comment lines longer than 120 characters, except for addresses', () => {
    assert.deepEqual(found('server/src/a.ts', `// ${'long '.repeat(24)}\nconst a = '${'a'.repeat(130)}';\n`), [
      '1 a comment line of 123 characters: wrap at 120',
    ]);
    assert.deepEqual(found('server/src/a.ts', `// https://example.com/${'a'.repeat(130)}\n`), []);
  });

  it('finds hidden characters in code, which have to be escapes', () => {
    const code = "const a = '\\u2066+\\u2069';\nconst b = '\u2066+\u2069';\n";
    assert.deepEqual(found('pages/src/phrases/ar.ts', code), ['2 a hidden character: write it as \\u2066']);
  });

  it('skips pending folders and files', () => {
    assert.deepEqual(found('server/src/kernel/a.ts', `// ${bannedWord}\n`, ['server/src/kernel']), []);
    assert.equal(found('server/src/kernels/a.ts', `// ${bannedWord}\n`, ['server/src/kernel']).length, 1);
  });
});
