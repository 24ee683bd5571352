import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findRoot } from '../../server/src/root.ts';
import { barriers } from './accessibility.ts';
import { openBrowser, phoneScreen, type Visitor } from './browser.ts';
import type { TestServer } from './server.ts';

/** The administrator that `openConsole` creates. */
const administrator = { username: 'anna', password: 'tulips under stone' };

/** Screens of the Console's tests. */
export const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: phoneScreen,
} satisfies Record<string, BrowserContextOptions>;

/** A browser in the Console of a server. */
export interface ConsoleVisitor extends Visitor {
  /** Opens a page of the tenant `default` by its address below `/console/t/default/`. */
  open: (path: string) => Promise<void>;
}

/** Creates the first administrator through the one-time link, and opens the Console signed in as that user. */
export async function openConsole(server: TestServer, options: BrowserContextOptions = {}): Promise<ConsoleVisitor> {
  const visitor = await openBrowser({ ...screens.desktop, ...options });
  const { page } = visitor;
  const { username, password } = administrator;
  await page.goto(await server.app.createAdminLink());
  await page.locator('[name=username]').fill(username);
  await page.locator('[name=password]').fill(password);
  await page.locator('[name=confirmPassword]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('nav').first().waitFor({ state: 'attached' });
  return {
    ...visitor,
    open: async (path) => {
      await page.goto(`${server.url}/console/t/default/${path}`);
    },
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

/** The same, and asserts that axe finds nothing wrong: everything in light, and in dark what colors decide. */
export const inspect = (page: Page, name: string): Promise<void> =>
  inBothThemes(page, async (theme) => {
    await takeScreenshot(page, name, theme);
    const found = await barriers(page, theme === 'dark' ? 'colors' : undefined);
    assert.deepEqual(found, [], `${name} in ${theme}`);
  });

type Theme = 'light' | 'dark';

/** Resolves when transitions are over; animations without an end, such as skeletons, do not count. */
const settled = `Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
  .map(({ finished }) => finished.catch(() => undefined))).then(() => undefined)`;

async function inBothThemes(page: Page, action: (theme: Theme) => Promise<void>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor({ state: 'attached' });
    await page.evaluate(settled);
    await action(theme);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
