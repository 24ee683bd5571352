import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, it } from 'node:test';
import { commands } from '../server/src/commands/index.ts';
import { findRoot } from '../server/src/root.ts';

const { listFiles } = (await import('../scripts/files.mjs')) as { listFiles: () => string[] };
const root = findRoot(process.env);
const pages = listFiles().filter((file) => file.endsWith('.md'));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The text without its code: what readers see as prose, links and headings. */
const withoutBlocks = (text: string): string => text.replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2 *$/gm, '');
const prose = (text: string): string => withoutBlocks(text).replaceAll(/`[^`\n]+`/g, '');

const headings = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, level = '', words = '']) => `${level} ${words}`);

/** The anchors that a page's headings get where repositories are read (GitHub's rule). */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const slugs = headings(text).map((heading) => {
    const words = heading.replace(/^#+ /, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(slugs);
}

const linksOf = (text: string): string[] => [
  ...[...prose(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target = '']) => target),
  ...[...withoutBlocks(text).matchAll(/(?:src|srcset|href)="([^"\s]+)"/g)].map(([, target = '']) => target),
];

interface Block {
  language: string;
  code: string;
}
const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1``` *$/gm)].map(([, , language = '', code = '']) => ({
    language,
    code,
  }));

describe('Documentation', () => {
  for (const page of pages) {
    it(`has no broken links: ${page}`, () => {
      const broken = linksOf(read(page)).filter((target) => {
        if (/^[a-z][a-z0-9+.-]*:|^\{\{\w+\}\}/i.test(target)) return false;
        const [path = '', anchor] = target.split('#', 2);
        const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
        if (file.startsWith('..') || !existsSync(join(root, file))) return true;
        return anchor !== undefined && file.endsWith('.md') && !anchors(read(file)).has(decodeURIComponent(anchor));
      });
      assert.deepEqual(broken, []);
    });
  }

  for (const page of ['ARCHITECTURE.md', 'docs/security-model.md']) {
    it(`names only existing files: ${page}`, () => {
      const named = [...withoutBlocks(read(page)).matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path = '']) => path);
      assert.ok(named.length > 10);
      assert.deepEqual(
        named.filter((path) => !existsSync(join(root, path))),
        [],
      );
    });
  }

  it('names only existing tests in the record of differences from Logto', () => {
    const named = [
      ...read('docs/decisions/0010-differences-from-logto.md').matchAll(/`([\w./-]+\.test\.ts)` “([^”]+)”/g),
    ];
    assert.ok(named.length > 10);
    // A name may have parts that are values: … in the page.
    const missing = named.filter(([, file = '', name = '']) =>
      name.split('…').some((part) => !read(file).includes(part.trim())),
    );
    assert.deepEqual(
      missing.map(([whole]) => whole),
      [],
    );
  });

  it('keeps the README within 100 lines', () => {
    assert.ok(read('README.md').trimEnd().split('\n').length <= 100);
  });
});

describe('Getting started in three languages', () => {
  const english = read('docs/getting-started.md');
  /** Comments are translated, so they do not count; neither do example names of people. */
  const bare = ({ language, code }: Block) => ({
    language,
    code: code
      .split('\n')
      .map((line) => line.replace(/(^|\s)#\s.*$/, '').trimEnd())
      .filter(Boolean),
  });

  for (const language of ['es', 'zh-CN']) {
    const translated = read(`docs/getting-started.${language}.md`);
    it(`has the same headings in ${language}`, () => {
      const levels = (text: string) => headings(text).map((heading) => heading.replace(/ .*/, ''));
      assert.deepEqual(levels(translated), levels(english));
      assert.equal(headings(translated).filter((heading) => headings(english).includes(heading)).length, 0);
    });
    it(`has the same commands in ${language}`, () => {
      assert.deepEqual(blocksOf(translated).map(bare), blocksOf(english).map(bare));
    });
  }
});

describe('Commands in the documentation', () => {
  const byLength = commands.toSorted((a, b) => b.name.length - a.name.length);
  /** Every `./aldaba …`, also by way of npm, with continued lines joined, cut where the command ends. */
  const uses = pages.flatMap((page) =>
    [
      ...read(page)
        .replaceAll('\\\n', ' ')
        .matchAll(/(?:npm run (?:--silent |-s )?aldaba --|\.\/aldaba) ([^\n`|>&;“”]+)/g),
    ].map(([, words = '']) => ({
      page,
      words: words.trim(),
    })),
  );
  const named = uses.filter(({ words }) => !/^[…<]/.test(words));

  it('names only existing commands and options', () => {
    assert.ok(named.length > 10);
    const wrong = named.filter(({ words }) => {
      const command = byLength.find(({ name }) => words === name || words.startsWith(`${name} `));
      if (!command) return true;
      const known = new Set([...Object.keys(command.options ?? {}), 'tenant', 'help', 'json']);
      return [...words.matchAll(/(?:^|\s)--([a-z-]+)/g)].some(([, option = '']) => !known.has(option));
    });
    assert.deepEqual(wrong, []);
  });

  it('names every command', () => {
    const missing = commands.filter(
      ({ name }) => !named.some(({ words }) => words === name || words.startsWith(`${name} `)),
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });
});
