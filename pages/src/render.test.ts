import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type PageFrame, type PageView, pageLanguages, type SignInView } from '@aldaba/contract/pages';
import { assets, renderPage } from '@aldaba/pages';
import { fullBranding, leavingViews, option, sampleFrame, sampleViews } from './testing/views.ts';

const allViews: [string, PageView][] = Object.entries({ ...sampleViews, ...leavingViews });
const fullFrame: PageFrame = {
  ...sampleFrame(fullBranding),
  supportWebsiteUrl: 'https://example.com/help',
  customCssPath: '/assets/custom.0123.css',
};

/** Fields with a closed set of values: they never carry outside text. */
const closed = new Set([
  ...['kind', 'language', 'platform', 'field', 'terms', 'sandboxBridge', 'missing', 'identifiers', 'notice'],
  ...['form', 'channel', 'factor', 'others', 'part', 'next', 'method', 'section', 'addable', 'type', 'state'],
]);
const isClosed = (owner: object, key: string): boolean =>
  closed.has(key) ||
  (key === 'factors' && !('part' in owner)) ||
  (key === 'address' && 'kind' in owner && owner.kind === 'continue');

/** Paths of all string fields in a plain value. */
const stringPaths = (value: unknown, path: string[] = []): string[][] => {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    isClosed(value, key) ? [] : stringPaths(inner, [...path, key]),
  );
};

const replaced = <Plain>(value: Plain, path: string[], hostile: string): Plain => {
  const copy = structuredClone(value);
  let owner = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) owner = owner[key] as Record<string, unknown>;
  owner[path.at(-1) ?? ''] = hostile;
  return copy;
};

const hostileTexts = [
  `"><x-evil onload="x">`,
  `' x-evil='1`,
  `</style></script><x-evil>`,
  'javascript:xEvil()',
  ' \tJaVaScRiPt:xEvil()',
  'data:text/html,<x-evil>',
  `red;}</style><x-evil>{`,
];

/** Fails when a hostile value became markup, an attribute, a script address, or part of the policy. */
const assertHarmless = (frame: PageFrame, view: PageView, where: string): void => {
  let page: ReturnType<typeof renderPage>;
  try {
    page = renderPage(frame, view);
  } catch (error) {
    assert.ok(error instanceof TypeError, where);
    assert.match(
      where,
      /^(?:basePath|customCssPath|registerPath|signInPath|forgotPasswordPath|backPath|passwordPath|action) /,
    );
    return;
  }
  assert.doesNotMatch(page.html, /<x-evil/i, where);
  assert.doesNotMatch(page.html, /<[^>]*"[^"<>]*"\s*x-evil/i, where);
  assert.doesNotMatch(page.html, /(?:href|src|srcset|action)="\s*(?:javascript|data:text)/i, where);
  assert.doesNotMatch(page.html.match(/<style>.*?<\/style>/s)?.[0] ?? '', /evil|red;/, where);
  assert.doesNotMatch(page.contentSecurityPolicy, /evil/i, where);
};

describe('Hostile values', () => {
  for (const [name, view] of allViews) {
    // security: escaping
    it(`renders hostile values as text on the ${name} page, in every field of the view and the frame`, () => {
      for (const hostile of hostileTexts) {
        for (const path of stringPaths(view)) {
          assertHarmless(fullFrame, replaced(view, path, hostile), `${path.join('.')} = ${hostile}`);
        }
        for (const path of stringPaths(fullFrame)) {
          assertHarmless(replaced(fullFrame, path, hostile), view, `${path.join('.')} = ${hostile}`);
        }
      }
    });
  }

  it('renders hostile values as text in the names of form_post fields', () => {
    const view: PageView = { ...leavingViews.formPost, fields: { '"><x-evil>': '"><x-evil>' } };
    assertHarmless(fullFrame, view, 'fields');
  });

  // security: escaping
  it('never submits a form_post response to a script', () => {
    for (const action of ['javascript:alert(1)', 'data:text/html,x', '//', 'no address']) {
      assert.throws(() => renderPage(fullFrame, { ...leavingViews.formPost, action }), TypeError);
    }
  });
});

describe('Errors on a page', () => {
  const fields = ['username', 'password', 'confirmPassword', 'code', 'address', 'terms', 'profile.givenName'] as const;
  const kinds = allViews.filter(([, view]) => 'error' in view || view.kind === 'verification-code');
  for (const [name, view] of kinds) {
    it(`shows an error on ${name}, also if it names a field that the page does not have`, () => {
      for (const field of fields) {
        const { html } = renderPage(fullFrame, {
          ...view,
          error: { field, code: 'some.code', message: 'Said' },
        } as PageView);
        assert.equal(html.split(' data-code="some.code"').length - 1, 1, field);
        assert.match(html, / data-code="some\.code"[^>]*>(?:<svg.*?<\/svg>)?(?:<p>)?Said(?:<| Then)/s, field);
      }
    });
  }
});

describe('Content-Security-Policy', () => {
  for (const [name, view] of allViews) {
    // security: escaping
    it(`allows exactly the style block of the ${name} page and no inline script, style attribute or handler`, () => {
      const { html, contentSecurityPolicy } = renderPage(fullFrame, view);
      const blocks = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, css = '']) => css);
      const hashes = blocks.map((css) => `'sha256-${createHash('sha256').update(css).digest('base64')}'`);
      assert.equal(blocks.length, 1);
      assert.ok(contentSecurityPolicy.includes(`style-src 'self' ${hashes[0]};`));
      assert.doesNotMatch(contentSecurityPolicy, /unsafe|\*/);
      for (const directive of ["default-src 'none'", "base-uri 'none'"])
        assert.ok(contentSecurityPolicy.split('; ').includes(directive), directive);
      assert.doesNotMatch(html, /<script(?![^>]* src=)/);
      assert.doesNotMatch(html, /<[^>]*\s(?:style|on\w+)=/);
    });
  }

  it('forbids framing, except by the page’s own origin if the sandbox simulates a phone', () => {
    assert.match(renderPage(sampleFrame(), sampleViews.signIn).contentSecurityPolicy, /frame-ancestors 'none'$/);
    const sandboxed = renderPage({ ...sampleFrame(), sandboxBridge: 'ios' }, sampleViews.signIn);
    assert.match(sandboxed.contentSecurityPolicy, /frame-ancestors 'self'$/);
  });
});

describe('URLs in a page', () => {
  const frame: PageFrame = { ...sampleFrame(), basePath: '/t/acme' };

  it('starts every URL with the base path of the tenant', () => {
    const social = [option('Web', 'a/b')];
    const { html } = renderPage(frame, { ...sampleViews.signIn, appId: 'my app', social });
    assert.ok(html.includes('action="/t/acme/sign-in"'));
    assert.ok(html.includes('action="/t/acme/sign-in/social/a%2Fb-web"'));
    assert.ok(html.includes('href="/t/acme/register?app_id=my%20app"'));
    for (const [, path] of html.matchAll(/(?:src|href|action)="(\/[^"]*)"/g)) assert.match(path ?? '', /^\/t\/acme\//);
  });

  it('loads the sandbox’s bridge first, before every other script and not deferred', () => {
    const { html } = renderPage({ ...frame, sandboxBridge: 'android' }, sampleViews.signIn);
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    assert.equal(scripts[0], '<script src="/t/acme/sandbox/bridge-android.js">');
    assert.equal(scripts.length, 2);
  });

  it('links the operator’s style sheet last, so that it takes precedence', () => {
    const path = '/assets/custom.0123.css?app_id=a&organization_id=b';
    const { html } = renderPage({ ...frame, customCssPath: path }, sampleViews.signIn);
    const sheets = [...html.matchAll(/<style>|<link rel="stylesheet" href="([^"]*)"/g)];
    assert.equal(sheets.length, 3);
    assert.equal(sheets.at(-1)?.[1], '/t/acme/assets/custom.0123.css?app_id=a&amp;organization_id=b');
  });

  it('links to existing files only', () => {
    const known = new Set(assets().map(({ path }) => `/t/acme${path}`));
    for (const [, view] of allViews) {
      const { html } = renderPage(frame, view);
      for (const [, path] of html.matchAll(/(?:<script[^>]* src|<link[^>]* href)="(\/[^"]*)"/g))
        assert.ok(known.has(path ?? ''), path);
    }
  });
});

describe('Identifier field', () => {
  const labels: [SignInView['identifiers'], string, attributes: RegExp][] = [
    [['username'], 'Username', /type="text"/],
    [['email'], 'Email', /inputmode="email"/],
    [['phone'], 'Phone', /inputmode="tel"/],
    [['username', 'email'], 'Email or username', /type="text"/],
    [['username', 'phone'], 'Phone or username', /type="text"/],
    [['phone', 'email'], 'Email or phone', /type="text"/],
    [['username', 'phone', 'email'], 'Email, phone or username', /type="text"/],
  ];
  for (const [identifiers, label, attributes] of labels) {
    it(`labels the identifier field “${label}” if it accepts ${identifiers.join(', ')}`, () => {
      const { html } = renderPage(sampleFrame(), { ...sampleViews.signInFailed, identifiers });
      assert.ok(html.includes(`<label for="username">${label}</label>`));
      const [field = ''] = html.match(/<input id="username"[^>]*>/) ?? [];
      assert.match(field, attributes);
      assert.match(field, /autocomplete="username"/);
    });
  }
});

describe('Phone number field', () => {
  it('keeps the number of its hint on one line, in every language', () => {
    for (const language of pageLanguages) {
      const frame = { ...sampleFrame(), language };
      const { html } = renderPage(frame, { ...sampleViews.continueAddress, address: 'phone' });
      const [hint = ''] = /id="address-hint">[^<]*/.exec(html) ?? [];
      assert.match(hint, /\+\d+\u00a0\d/, language);
      assert.doesNotMatch(hint, /\d \d/, language);
    }
  });
});

describe('First load of the pages', () => {
  it('takes at most 30 kB compressed in 3 requests besides pictures, on every page in every language', () => {
    const files = assets();
    for (const language of pageLanguages)
      for (const [name, view] of Object.entries(sampleViews)) {
        const { html } = renderPage({ ...sampleFrame(), language }, view);
        const loaded = files.filter(({ path }) => html.includes(`"${path}"`));
        const bytes = loaded.reduce((sum, { gzip }) => sum + gzip.length, gzipSync(html).length);
        assert.ok(loaded.length <= 2, `${name}: ${loaded.map(({ path }) => path)}`);
        assert.ok(bytes <= 30_000, `${name} in ${language}: ${bytes} bytes`);
      }
  });

  it('loads the sign-in page with at most 30 kB compressed in at most 3 requests besides the logo', () => {
    const social = ['wechat', 'github', 'google', 'apple'].map((target) => option('Web', target));
    const { html } = renderPage(sampleFrame(), { ...sampleViews.signIn, social });
    const files = assets().filter(({ path }) => html.includes(`"${path}"`));
    const bytes = files.reduce((sum, { gzip }) => sum + gzip.length, gzipSync(html).length);
    assert.equal(files.length, 2);
    assert.ok(bytes <= 30_000, `${bytes} bytes`);
    const remote = [...html.matchAll(/(?:src|srcset|<link[^>]* href)="([^"]*)"/g)].filter(
      ([, to]) => !to?.startsWith('data:'),
    );
    assert.equal(remote.length, 2);
  });
});

describe('Documented selectors of operators’ style sheets', () => {
  it('renders every selector documented for operators’ style sheets', async () => {
    const page = await readFile(new URL('../../docs/sign-in.md', import.meta.url), 'utf8');
    const promised = [...page.matchAll(/^\| (?:Pages|Parts), classes.*$/gm)].flatMap(([row]) =>
      [...row.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
    );
    assert.ok(promised.length > 20);
    const html = Object.values(sampleViews)
      .map((view) => renderPage(fullFrame, view).html)
      .join();
    const classes = new Set([...html.matchAll(/ class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')));
    assert.deepEqual(
      promised.filter((name) => name !== 'body' && !classes.has(name)),
      [],
    );
    for (const tag of ['<main>', '<footer>', '<h1>']) assert.ok(html.includes(tag), tag);
    const css = assets().find(({ path }) => path.endsWith('.css'));
    const sheets = `${html}${new TextDecoder().decode(css?.body)}`;
    for (const name of ['--brand', '--on-brand', '--ground', '--surface', '--ink', '--line', '--radius'])
      assert.ok(sheets.includes(`${name}:`), name);
  });
});

describe('Field patterns', () => {
  /** The browser tests a whole value against `pattern`, with the flag `v`. */
  const patternOf = (html: string, inputMode: string): RegExp => {
    const [field = ''] = html.match(new RegExp(`<input [^>]*inputmode="${inputMode}"[^>]*>`)) ?? [];
    const [, pattern = 'none'] = field.match(/pattern="([^"]*)"/) ?? [];
    return new RegExp(`^(?:${pattern})$`, 'v');
  };

  it('accepts a code with blanks and hyphens around and between, also in digits of other scripts', () => {
    const pattern = patternOf(renderPage(sampleFrame(), sampleViews.verificationCode).html, 'numeric');
    for (const typed of [
      '123456',
      ' 123456 ',
      '123 456',
      '123-456',
      '１２３４５６',
      '１２３　４５６',
      '١٢٣٤٥٦',
      '۱۲۳ ۴۵۶',
    ])
      assert.match(typed, pattern, typed);
    for (const typed of ['12345', '1234567', '12345x', '']) assert.doesNotMatch(typed, pattern, typed);
  });

  it('accepts an email address of any language', () => {
    const pattern = patternOf(
      renderPage(sampleFrame(), { ...sampleViews.signInFailed, identifiers: ['email'] }).html,
      'email',
    );
    for (const typed of ['ada@example.com', 'müller@bücher.example', ' 用户@例子。中国 '])
      assert.match(typed, pattern, typed);
    for (const typed of ['ada', 'ada@example', '@example.com', 'a b@example.com'])
      assert.doesNotMatch(typed, pattern, typed);
  });
});
