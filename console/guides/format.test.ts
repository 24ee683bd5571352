import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filesOf, fill, fillHtml, GuideError, parseGuide, parseTranslation, portOf } from './format.ts';

const header = `---
title: Shop
summary: A shop that sells tea.
category: traditional
type: Traditional
order: 3
language: Python
package: logto (PyPI)
icon: IconBrandPython
tested: npm-test
appUrl: http://localhost:3000
---
`;
const body = `
## Install

Type this in \`{{appUrl}}\`, see [the page]({{appUrl}}/help):

- one
- two

\`\`\`sh
pip install logto
\`\`\`

\`\`\`python app.py
first("{{appId}}")
\`\`\`

::redirect-uri {{appUrl}}/callback
::cors-origin {{appUrl}}

## Run

\`\`\`python app.py continued
second()
\`\`\`

\`\`\`sh start
flask run --port {{appPort}}
\`\`\`

::live-check
`;
const values = {
  endpoint: 'http://localhost:3001',
  issuer: 'http://localhost:3001/oidc',
  appId: 'a"<1>',
  appSecret: 's',
  apiIndicator: '',
  appUrl: 'http://localhost:3000',
  appPort: '3000',
};

const refuses = (text: string, line: number, message: RegExp) =>
  assert.throws(
    () => parseGuide('shop', text),
    (error) => {
      assert.ok(error instanceof GuideError, String(error));
      assert.match(error.message, message);
      assert.deepEqual([error.file, error.line], ['shop/guide.md', line]);
      return true;
    },
  );

describe('the format of guides', () => {
  const guide = parseGuide('shop', header + body);

  it('reads the header', () => {
    const { title, category, type, order, package: about, tested, name } = guide;
    assert.deepEqual(
      { title, category, type, order, about, tested, name },
      {
        title: 'Shop',
        category: 'traditional',
        type: 'Traditional',
        order: 3,
        about: 'logto (PyPI)',
        tested: 'npm-test',
        name: 'shop',
      },
    );
  });

  it('reads the steps with prose, commands, code and directives in their order', () => {
    assert.deepEqual(
      guide.steps.map(({ title, blocks }) => [title, blocks.map(({ kind }) => kind)]),
      [
        ['Install', ['prose', 'commands', 'code', 'redirect-uri', 'cors-origin']],
        ['Run', ['code', 'commands', 'live-check']],
      ],
    );
    assert.deepEqual(guide.steps[1]?.blocks[1], {
      kind: 'commands',
      keepsRunning: true,
      text: 'flask run --port {{appPort}}',
    });
    assert.deepEqual(guide.steps[0]?.blocks[3], { kind: 'redirect-uri', uri: '{{appUrl}}/callback' });
  });

  it('renders prose as HTML and keeps placeholders in the addresses of links', () => {
    const [block] = guide.steps[0]?.blocks ?? [];
    const html = block?.kind === 'prose' ? block.html : '';
    assert.match(html, /<code>\{\{appUrl\}\}<\/code>/);
    assert.match(html, /<a href="\{\{appUrl\}\}\/help">the page<\/a>/);
    assert.match(html, /<li>two<\/li>/);
  });

  it('renders a link to a page of the repository with its path, without an address', () => {
    const [step] = parseGuide('shop', `${header}\n## A\n\nSee [*teas*](../../../docs/teas.md#green).\n`).steps;
    const [block] = step?.blocks ?? [];
    const html = block?.kind === 'prose' ? block.html : '';
    assert.equal(html.trim(), '<p>See <a data-page="docs/teas.md#green"><em>teas</em></a>.</p>');
  });

  it('joins the fences of a file', () => {
    assert.deepEqual([...filesOf(guide)], [['app.py', 'first("{{appId}}")\n\nsecond()\n']]);
  });

  it('fills placeholders, and escapes them in HTML', () => {
    assert.equal(fill('{{appId}} {{ appId }}', values), 'a"<1> {{ appId }}');
    assert.equal(fillHtml('<a href="{{appId}}">', values), '<a href="a&#34;&#60;1&#62;">');
  });

  it('knows the port of an app without one in its URL', () => {
    assert.deepEqual(['http://a.test', 'https://a.test', 'http://a.test:81'].map(portOf), ['80', '443', '81']);
  });

  it('reads a file with the line ends of Windows as the same guide', () => {
    assert.deepEqual(parseGuide('shop', (header + body).replaceAll('\n', '\r\n')), guide);
  });

  it('refuses a guide without a header', () => refuses(body, 1, /no header/));
  it('refuses a header that is not YAML', () =>
    refuses(header.replace('title: Shop', 'title: "Shop" x') + body, 2, /Unexpected/));
  it('refuses an unknown category', () =>
    refuses(header.replace('category: traditional', 'category: web') + body, 4, /category/));
  it('refuses an unknown field of the header', () =>
    refuses(header.replace('---\ntitle', '---\ncolour: red\ntitle') + body, 2, /colour/));
  it('refuses a file as the icon', () => refuses(header.replace('IconBrandPython', 'python.svg') + body, 9, /icon/));
  it('refuses a header without a required field', () => refuses(header.replace('order: 3\n', '') + body, 1, /order/));
  it('refuses an application without a type', () =>
    refuses(header.replace('type: Traditional\n', '') + body, 1, /type/));
  it('refuses an unknown placeholder', () => refuses(`${header}\n## A\n\n{{appKey}}\n`, 16, /\{\{appKey\}\}/));
  it('refuses an unknown directive', () => refuses(`${header}\n## A\n\n::callback x\n`, 16, /::callback x/));
  it('refuses a directive without its URI', () => refuses(`${header}\n## A\n\n::redirect-uri\n`, 16, /one URI/));
  it('refuses text before the first step', () => refuses(`${header}\nHello.\n`, 14, /before the first step/));
  it('refuses a guide without steps', () => refuses(header, 12, /no steps/));
  it('refuses code without a language', () => refuses(`${header}\n## A\n\n\`\`\`\nx\n\`\`\`\n`, 16, /language/));
  it('refuses code that is indented', () => refuses(`${header}\n## A\n\n    x = 1\n`, 16, /language/));
  it('refuses code inside a list', () =>
    refuses(`${header}\n## A\n\n- a\n\n  \`\`\`js a.js\n  x\n  \`\`\`\n`, 16, /inside another block/));
  it('refuses unknown words after the name of a file', () =>
    refuses(`${header}\n## A\n\n\`\`\`js a.js more\n\`\`\`\n`, 16, /unknown words/));
  it('refuses unknown words after sh', () => refuses(`${header}\n## A\n\n\`\`\`sh begin\n\`\`\`\n`, 16, /start/));
  it('refuses a file outside of the app', () =>
    refuses(`${header}\n## A\n\n\`\`\`js ../a.js\n\`\`\`\n`, 16, /outside of the reader's app/));
  it('refuses a file that begins twice', () =>
    refuses(`${header}\n## A\n\n\`\`\`js a.js\nx\n\`\`\`\n\n\`\`\`js a.js\ny\n\`\`\`\n`, 20, /a second time/));
  it('refuses a continuation without a beginning', () =>
    refuses(`${header}\n## A\n\n\`\`\`js a.js continued\nx\n\`\`\`\n`, 16, /no earlier fence or command/));
  it('refuses raw HTML, also within a paragraph', () => {
    refuses(`${header}\n## A\n\n<p>a</p>\n`, 16, /raw HTML/);
    refuses(`${header}\n## A\n\n- a <b>b</b>\n`, 16, /raw HTML/);
  });
  it('refuses a heading of level 1', () => refuses(`${header}\n## A\n\n# B\n`, 16, /level 1/));
});

describe('a translation of a guide', () => {
  const guide = parseGuide('shop', header + body);
  const translation = `---
title: Tienda
summary: Una tienda de té.
---

## Instalar

Escribe esto:

\`\`\`sh
\`\`\`

\`\`\`python app.py
\`\`\`

::redirect-uri {{appUrl}}/callback
::cors-origin {{appUrl}}

Y más.

## Ejecutar

\`\`\`python app.py continued
\`\`\`

\`\`\`sh start
\`\`\`

::live-check
`;
  const refusesTranslation = (text: string, line: number, message: RegExp) =>
    assert.throws(
      () => parseTranslation(guide, text, 'shop/guide.es.md'),
      (error) => {
        assert.ok(error instanceof GuideError, String(error));
        assert.match(error.message, message);
        assert.deepEqual([error.file, error.line], ['shop/guide.es.md', line]);
        return true;
      },
    );

  it('may end its summary with a Chinese full stop', () => {
    const text = translation.replace('Una tienda de té.', '一家茶店。');
    assert.equal(parseTranslation(guide, text, 'shop/guide.zh-CN.md').summary, '一家茶店。');
  });
  it('takes the code and the header from the guide, and prose and titles from itself', () => {
    const translated = parseTranslation(guide, translation, 'shop/guide.es.md');
    assert.equal(translated.title, 'Tienda');
    assert.equal(translated.order, 3);
    assert.deepEqual(
      translated.steps.map(({ title }) => title),
      ['Instalar', 'Ejecutar'],
    );
    assert.deepEqual(filesOf(translated), filesOf(guide));
    assert.equal(translated.steps[0]?.blocks.at(-1)?.kind, 'prose');
  });

  it('refuses one that lacks a step', () =>
    refusesTranslation(translation.slice(0, translation.indexOf('## Ejecutar')), 19, /lacks the step “Run”/));
  it('refuses one with a step of its own', () =>
    refusesTranslation(`${translation}\n## Más\n`, 31, /guide\.md does not have/));
  it('refuses code in a fence', () =>
    refusesTranslation(translation.replace('```sh\n', '```sh\npip install x\n'), 10, /leave it empty/));
  it('refuses a fence of another file', () =>
    refusesTranslation(
      translation.replace('python app.py\n', 'python shop.py\n'),
      13,
      /python shop\.py.*python app\.py/,
    ));
  it('refuses a directive that differs', () =>
    refusesTranslation(translation.replace('/callback', '/back'), 16, /\/back.*\/callback/));
  it('refuses one that lacks a directive', () =>
    refusesTranslation(translation.replace('\n::live-check\n', ''), 21, /lacks live-check/));
  it('refuses fields of the header other than title and summary', () =>
    refusesTranslation(translation.replace('---\n\n', 'order: 4\n---\n\n'), 4, /order/));
});
