import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { languageNames, type PageFrame, type PageView, pageLanguages } from '@aldaba/contract/pages';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { phrase } from './phrases/index.ts';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { fullBranding, sampleFrame, sampleViews } from './testing/views.ts';

/** The pages in the tenant's own look, and those with the most colors also in harder ones. */
const hard: PageFrame[] = [
  { ...sampleFrame({ primaryColor: '#ffe600', darkPrimaryColor: '#20104a' }), language: 'es' },
  { ...sampleFrame({ ...fullBranding, hideAldabaBranding: true }), language: 'zh-CN' },
];
const withMenu: PageFrame = {
  ...sampleFrame(),
  choice: {
    languages: pageLanguages.map((tag) => ({ tag, name: languageNames[tag] })),
    returnTo: '/sign-in?app_id=app',
  },
};
const inArabic: PageFrame = { ...sampleFrame(), language: 'ar' };
const inLongWords: PageFrame[] = (['de', 'ru'] as const).map((language) => ({ ...sampleFrame(), language }));
const views: [string, PageView][] = Object.entries(sampleViews);
const looks: [name: string, frame: PageFrame, view: PageView][] = [
  ...views.map(([name, view]): [string, PageFrame, PageView] => [name, sampleFrame(), view]),
  ...[sampleViews.signInWithForgotten, sampleViews.verificationCode, sampleViews.bindTotp, sampleViews.consent].map(
    (view): [string, PageFrame, PageView] => [`${view.kind} in Arabic`, inArabic, view],
  ),
  ...inLongWords.flatMap((frame) =>
    [sampleViews.signIn, sampleViews.totp, sampleViews.accountFactors, sampleViews.accountSessions].map(
      (view): [string, PageFrame, PageView] => [`${view.kind} in ${frame.language}`, frame, view],
    ),
  ),
  ['sign-in with the menu of languages', withMenu, sampleViews.signIn],
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

/** Controls whose edge, and focused ones whose ring, is less than 3:1 from what is behind them. Runs in the page. */
const faintEdges = (): string[] => {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (part: Element | null): string => {
    if (!part) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(part);
    const [, , , alpha = 1] = channels(backgroundColor);
    return alpha === 0 ? behind(part.parentElement) : backgroundColor;
  };
  const controls = '.box :is(input, select), input[type=checkbox], input[type=radio], .button.outlined, .cells span';
  return [...document.querySelectorAll<HTMLElement>(controls)].flatMap((control) => {
    if (!control.checkVisibility() || control.closest('.code-field .box')?.contains(control.closest('input')))
      return [];
    const { borderTopColor, borderTopWidth } = getComputedStyle(control);
    const edge = Number.parseFloat(borderTopWidth) > 0 ? contrast(borderTopColor, behind(control.parentElement)) : 21;
    control.focus();
    const { outlineColor, outlineStyle } = getComputedStyle(control);
    const ring = outlineStyle === 'none' ? 21 : contrast(outlineColor, behind(control.parentElement));
    const found = [edge < 3 ? `edge ${edge.toFixed(2)}` : '', ring < 3 ? `ring ${ring.toFixed(2)}` : ''];
    return found.filter(Boolean).map((what) => `${what}: ${control.outerHTML.slice(0, 120)}`);
  });
};

/** Errors that no field or live region tells. Runs in the page. */
const silentErrors = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('[data-code]')]
    .filter((place) => {
      if (place.closest('[role=alert]')) return false;
      const field = document.querySelector(`[aria-describedby~="${place.id}"]`);
      return field?.getAttribute('aria-invalid') !== 'true' || !place.textContent;
    })
    .map((place) => place.outerHTML);

/** What is cut off with the spacing of text of WCAG 2.2, 1.4.12. Runs in the page. */
const lostBySpacing = (): string[] => {
  for (const part of document.querySelectorAll<HTMLElement>('body *')) {
    part.style.setProperty('line-height', '1.5', 'important');
    part.style.setProperty('letter-spacing', '0.12em', 'important');
    part.style.setProperty('word-spacing', '0.16em', 'important');
    if (part.matches('p')) part.style.setProperty('margin-block-end', '2em', 'important');
  }
  const clipped = [...document.querySelectorAll<HTMLElement>('main *, footer *')].filter(
    (part) =>
      part.checkVisibility() &&
      !part.closest('.rings, .visually-hidden, .code-field') &&
      getComputedStyle(part).overflow !== 'visible' &&
      part.scrollHeight > part.clientHeight + 1,
  );
  const wide = document.documentElement.scrollWidth > window.innerWidth ? ['the page is too wide'] : [];
  return [...wide, ...clipped.map((part) => part.outerHTML)];
};

/** What is beyond an edge of the screen, where the page cuts it off. Runs in the page. */
const cutOff = (): string[] =>
  [...document.querySelectorAll('main :not(.rings, .rings *, .visually-hidden, .code-field input), footer *')]
    .filter((part) => part.getBoundingClientRect().right > innerWidth || part.getBoundingClientRect().left < 0)
    .map((part) => part.outerHTML);

describe('Accessibility in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
  });
  after(() => Promise.all([browser.close(), server.close()]));

  for (const scheme of ['light', 'dark'] as const) {
    it(`passes axe on every page in ${scheme} mode at a width of 320 pixels, with edges, errors and spaced text that everyone can read`, async () => {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width: 320, height: 640 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      for (const [name, frame, view] of looks) {
        server.shown.set('/page', { frame, view });
        await page.goto(`${server.origin}/page`);
        await page.evaluate(() => document.querySelector('details')?.setAttribute('open', ''));
        assert.deepEqual(await violationsIn(page), [], name);
        assert.deepEqual(await page.evaluate(cutOff), [], name);
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
        assert.deepEqual(await page.evaluate(cutOff), [], `${name} in text of twice the size`);
        await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
        assert.deepEqual(await page.evaluate(faintEdges), [], `edges of ${name}`);
        if ('error' in view && view.error !== undefined) {
          assert.deepEqual(await page.evaluate(silentErrors), [], `errors of ${name}`);
          assert.ok((await page.title()).startsWith(phrase(frame.language, 'form.problem')), name);
        }
        // Last, because it changes the page.
        if (scheme === 'light') assert.deepEqual(await page.evaluate(lostBySpacing), [], `spacing of ${name}`);
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
