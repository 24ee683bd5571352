import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import type { FollowedGuide } from './guides.ts';
import { goodPassword, signIn } from './pages.ts';

/** The user of the guides' tests. */
export const reader = { username: 'ana_reader', password: goodPassword, name: 'Ana Reader' };

const control = (page: Page, name: string) =>
  page.getByRole('link', { name, exact: true }).or(page.getByRole('button', { name, exact: true }));

/** Waits until a page shows the text. @throws AssertionError with the page and what the app printed */
async function shows(page: Page, text: string, app: FollowedGuide): Promise<void> {
  await page
    .getByText(text)
    .first()
    .waitFor()
    .catch(async () => {
      const body = await page.locator('body').innerText();
      assert.fail(`“${text}” is not on ${page.url()}:\n${body}\nThe app printed:\n${app.output()}`);
    });
}

const passwordField = (page: Page) => page.getByLabel('Password', { exact: true });

/** In a browser of its own: some frameworks return to the protected page after the next sign-in. */
async function requiresSignIn({ url, values }: FollowedGuide): Promise<void> {
  const visitor = await openBrowser();
  const { page } = visitor;
  try {
    await page.goto(`${url}/account`);
    await passwordField(page).waitFor();
    assert.equal(new URL(page.url()).origin, new URL(values.endpoint).origin, 'a protected page asks to sign in');
  } finally {
    await visitor.close();
  }
}

/**
 * What every guide of a web app promises: the home page offers “Sign in”, greets the user by name afterwards, and
 * offers “Sign out”; `/account` is for signed-in users.
 */
export async function walkThroughSignIn(app: FollowedGuide): Promise<void> {
  await requiresSignIn(app);
  const visitor = await openBrowser();
  const { page } = visitor;
  const asksForPassword = passwordField(page);
  try {
    await page.goto(app.url);
    await control(page, 'Sign in').click();
    await signIn(page, reader);
    await shows(page, `Hello, ${reader.name}`, app);
    assert.equal(new URL(page.url()).origin, app.url);

    await page.goto(`${app.url}/account`);
    await shows(page, reader.name, app);
    await page.goto(app.url);
    await control(page, 'Sign out').click();
    await control(page, 'Sign in').waitFor();
    assert.equal(page.url(), `${app.url}/`);

    await control(page, 'Sign in').click();
    await asksForPassword.waitFor();
  } finally {
    await visitor.close();
  }
}
