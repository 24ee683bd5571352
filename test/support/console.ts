import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findPersona } from '../../connectors/sandbox/index.ts';
import { findRoot } from '../../server/src/root.ts';
import { barriers } from './accessibility.ts';
import { desktopScreen, openBrowser, phoneScreen, type Visitor } from './browser.ts';
import type { TestServer } from './server.ts';

/** The administrator that `openConsole` creates. */
const administrator = { username: 'anna', password: 'tulips under stone' };
/** What the one-time link asks for. */
const typed = { ...administrator, confirmPassword: administrator.password };

/** Screens of the Console's tests. */
export const screens = {
  desktop: desktopScreen,
  phone: phoneScreen,
} satisfies Record<string, BrowserContextOptions>;

/** A browser in the Console of a server. */
export interface ConsoleVisitor extends Visitor {
  /** Opens a page of the tenant `default` by its address below `/console/t/default/`. */
  open: (path: string) => Promise<void>;
}

/** The session of each server's first administrator. */
const sessions = new WeakMap<TestServer, NonNullable<BrowserContextOptions['storageState']>>();

/** Opens the Console signed in as the first administrator, who is created without a page the first time. */
export async function openConsole(server: TestServer, options: BrowserContextOptions = {}): Promise<ConsoleVisitor> {
  const storageState = sessions.get(server);
  const visitor = await openBrowser({ ...screens.desktop, ...options, ...(storageState && { storageState }) });
  if (!storageState) {
    await createAdministrator(server, visitor.context);
    sessions.set(server, await visitor.context.storageState());
  }
  await visitor.page.goto(`${server.url}/console/t/default`);
  return inConsole(visitor, server);
}

async function createAdministrator(server: TestServer, { request }: BrowserContext): Promise<void> {
  const { origin, pathname, searchParams } = new URL(await server.app.createAdminLink());
  const form = { ...typed, token: searchParams.get('token') ?? '' };
  const created = await request.post(`${origin}${pathname}`, { form, headers: { origin }, maxRedirects: 0 });
  assert.equal(created.status(), 303, await created.text());
}

/** Opens the Console by the page of the one-time link. */
export async function openConsoleByLink(server: TestServer): Promise<ConsoleVisitor> {
  const visitor = await openBrowser(screens.desktop);
  const { page } = visitor;
  await page.goto(await server.app.createAdminLink());
  for (const [name, value] of Object.entries(typed)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator('button[type=submit]').first().click();
  return inConsole(visitor, server);
}

async function inConsole(visitor: Visitor, server: TestServer): Promise<ConsoleVisitor> {
  const { page } = visitor;
  await page.locator('nav').first().waitFor({ state: 'attached' });
  return {
    ...visitor,
    open: async (path) => {
      await page.goto(`${server.url}/console/t/default/${path}`);
    },
  };
}

/** The phone of the sandbox in the Console, the app on it, and what WeChat asks its user. */
export function sandboxPhone(page: Page) {
  const phone = page.frameLocator('iframe[title="Phone"]');
  return {
    phone,
    app: phone.frameLocator('#frame'),
    wechat: phone.getByRole('dialog', { name: 'Sign in with WeChat' }),
    mei: phone.getByRole('radio', { name: findPersona('mei')?.nickname ?? '' }),
  };
}

/** Fills in the sign-in page of the admin tenant. */
export async function signIn(page: Page): Promise<void> {
  await page.locator('[name=username]').fill(administrator.username);
  await page.locator('[name=password]').fill(administrator.password);
  await page.locator('button[type=submit]').first().click();
}

const folder = join(findRoot(process.env), '.cache/screenshots/console');

/**
 * Keeps a picture of the page as it is shown, in light and in dark, for people to look at:
 * `.cache/screenshots/console/<name>-<light|dark>.png`.
 */
export const takeScreenshots = (page: Page, name: string): Promise<void> =>
  inBothThemes(page, (theme) => takeScreenshot(page, name, theme));

// Transitions between the themes are over in the picture.
const takeScreenshot = async (page: Page, name: string, theme: Theme): Promise<void> => {
  await page.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled' });
};

/**
 * What scrolls up and down by less than a line: a mistake of the layout, and a scrollbar without use on systems that
 * always show them. The browser of the tests shows none.
 */
const barelyScrolls = `[...document.querySelectorAll('body *')]
  .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowY))
  .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight && scrollHeight < clientHeight + 12)
  .map(({ outerHTML }) => outerHTML.slice(0, 200))`;

/**
 * The same, and asserts that nothing barely scrolls, and that axe finds nothing wrong: everything in light, and in dark
 * what colors decide.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  // A page without its heading is still loading.
  await page.locator('h1').first().waitFor({ state: 'attached' });
  assert.deepEqual(await page.evaluate(barelyScrolls), [], name);
  await inBothThemes(page, async (theme) => {
    await takeScreenshot(page, name, theme);
    const found = await barriers(page, theme === 'dark' ? 'colors' : undefined);
    assert.deepEqual(found, [], `${name} in ${theme}`);
  });
}

/** Does something while the page is as wide as on a phone. */
export async function onPhoneWidth(page: Page, action: () => Promise<void>): Promise<void> {
  const screen = page.viewportSize();
  assert.ok(screen);
  await page.setViewportSize(screens.phone.viewport);
  await action();
  await page.setViewportSize(screen);
}

/**
 * Asserts that nothing is wider than a screen of 320 px whose text is twice as large (WCAG 1.4.4 and 1.4.10), once what
 * a script places, such as a tooltip, has followed the new width.
 */
export async function assertFits(page: Page): Promise<void> {
  const screen = page.viewportSize();
  assert.ok(screen);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  const widthNow = () => page.evaluate<number>('document.documentElement.scrollWidth');
  let width = await widthNow();
  for (const end = Date.now() + 5_000; width > 320 && Date.now() < end; ) width = await widthNow();
  await page.evaluate("document.documentElement.style.fontSize = ''");
  await page.setViewportSize(screen);
  assert.ok(width <= 320, `${page.url()} is ${width} px wide`);
}

type Theme = 'light' | 'dark';

/** Resolves when transitions are over; animations without an end, such as skeletons, do not count. */
const settled = `Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
  .map(({ finished }) => finished.catch(() => undefined))).then(() => undefined)`;

async function inBothThemes(page: Page, action: (theme: Theme) => Promise<void>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor({ state: 'attached' });
    await page.evaluate(settled);
    await action(theme);
  }
  await page.emulateMedia({ colorScheme: null });
}
