import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { fullBranding, sampleFrame, sampleViews } from './testing/views.ts';

/** The pages in the tenant's own look, and those with the most colors also in harder ones. */
const hard: PageFrame[] = [
  { ...sampleFrame({ primaryColor: '#ffe600', darkPrimaryColor: '#20104a' }), language: 'es' },
  { ...sampleFrame({ ...fullBranding, hideAldabaBranding: true }), language: 'zh-CN' },
];
const views: [string, PageView][] = Object.entries(sampleViews);
const looks: [name: string, frame: PageFrame, view: PageView][] = [
  ...views.map(([name, view]): [string, PageFrame, PageView] => [name, sampleFrame(), view]),
  ...hard.flatMap((frame) =>
    [sampleViews.signIn, sampleViews.signInNowhere, sampleViews.consent, sampleViews.error].map(
      (view): [string, PageFrame, PageView] => [`${view.kind} in ${frame.language}`, frame, view],
    ),
  ),
];

/**
 * Rules of WCAG 2.0 to 2.2, levels A and AA, and of good practice. Runs outside the page's policy, as a debugger does.
 */
const violationsIn = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return (await engine.run({ runOnly: tags })).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  });
  return found;
};

describe('Accessibility in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
  });
  after(() => Promise.all([browser.close(), server.close()]));

  for (const scheme of ['light', 'dark'] as const) {
    it(`passes axe on every page in ${scheme} mode, at a width of 320 pixels`, async () => {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width: 320, height: 640 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      for (const [name, frame, view] of looks) {
        server.shown.set('/page', { frame, view });
        await page.goto(`${server.origin}/page`);
        assert.deepEqual(await violationsIn(page), [], name);
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll('main :not(.rings, .rings *, .visually-hidden, .code-field input), footer *')]
            .filter((part) => part.getBoundingClientRect().right > 320 || part.getBoundingClientRect().left < 0)
            .map((part) => part.outerHTML),
        );
        assert.deepEqual(wide, [], name);
      }
      await context.close();
    });
  }

  it('makes every button, field and link of its own at least 44 pixels high', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
    const page = await context.newPage();
    for (const [name, view] of views) {
      server.shown.set('/page', { frame: sampleFrame(), view });
      await page.goto(`${server.origin}/page`);
      const small = await page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            'button, .box input, footer a, .button, .check, .switch a, .way, .forgot',
          ),
        ]
          .filter((target) => target.offsetParent !== null && target.getBoundingClientRect().height < 44)
          .map((target) => target.outerHTML),
      );
      assert.deepEqual(small, [], name);
    }
    await context.close();
  });

  it('moves the focus in reading order, and covers no part of the focus ring', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const [name, view] of views) {
      server.shown.set('/page', { frame: sampleFrame(), view });
      await page.goto(`${server.origin}/page`);
      const wrong = await page.evaluate(() => {
        const shown = [...document.querySelectorAll<HTMLElement>('main :is(a, button, input, select, summary)')].filter(
          (part) => part.checkVisibility() && part.getAttribute('type') !== 'hidden',
        );
        return shown.flatMap((part, at) => {
          const next = shown[at + 1];
          if (!next || next.matches('.reveal') || part.closest('p') === next.closest('p')) return [];
          // The field of a code runs out of its boxes at the end, where it is clipped.
          const [here, there] = [part.closest('.box') ?? part, next.closest('.box') ?? next].map((each) =>
            each.getBoundingClientRect(),
          ) as [DOMRect, DOMRect];
          const beside = there.top < here.bottom - 1 && there.left >= here.right;
          return there.top >= here.bottom - 1 || beside || part.closest('.box') === next.closest('.box')
            ? []
            : [`${next.outerHTML} is reached after ${part.outerHTML}`];
        });
      });
      assert.deepEqual(wrong, [], name);
    }
    await context.close();
  });

  it('moves on the sign-in page by keyboard from field to field to button, with a visible focus', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const view: PageView = {
      kind: 'sign-in',
      appId: 'app',
      identifiers: ['username', 'email'],
      form: 'password',
      forgotPasswordPath: '/forgot-password',
      social: [],
      registerPath: '/register',
      terms: 'none',
    };
    server.shown.set('/page', { frame: sampleFrame(), view });
    await page.goto(`${server.origin}/page`);
    const focused = () =>
      page.evaluate(() => {
        const target = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(target);
        const seen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
        const label = target.getAttribute('name') ?? target.getAttribute('aria-label') ?? target.innerText;
        return seen ? label : `${label} (not seen)`;
      });
    const walk = [await focused()];
    for (let stop = 0; stop < 5; stop += 1) {
      await page.keyboard.press('Tab');
      walk.push(await focused());
    }
    const afterFields = ['Forgot your password?', 'Sign in', 'Create an account'];
    assert.deepEqual(walk, ['username', 'password', 'Show password', ...afterFields]);
    await context.close();
  });
});
