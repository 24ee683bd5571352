import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import type { FollowedGuide } from './guides.ts';
import { goodPassword, signIn } from './pages.ts';

/** The user of the guides' tests. */
export const reader = { username: 'ana_reader', password: goodPassword, name: 'Ana Reader' };

const control = (page: Page, name: string) =>
  page.getByRole('link', { name, exact: true }).or(page.getByRole('button', { name, exact: true }));

const passwordField = (page: Page) => page.getByLabel('Password', { exact: true });

/**
 * What every guide of a web app promises: the home page offers “Sign in”, greets the user by name afterwards, and
 * offers “Sign out”; `/account` is for signed-in users.
 * @throws AssertionError with the page, its errors and the output of the app
 */
export async function walkThroughSignIn(app: FollowedGuide): Promise<void> {
  // In a browser of its own: some frameworks return to the protected page after the next sign-in.
  await inBrowser(app, requiresSignIn);
  await inBrowser(app, signsInAndOut);
}

async function inBrowser(app: FollowedGuide, walk: (page: Page, app: FollowedGuide) => Promise<void>): Promise<void> {
  const visitor = await openBrowser();
  try {
    await walk(visitor.page, app);
  } catch (error) {
    const text = await visitor.page.locator('body').innerText({ timeout: 2000 }).catch(String);
    const told = [`At ${visitor.page.url()}:`, text, ...visitor.complaints, 'The app printed:', app.output()];
    assert.fail(`${error}\n${told.join('\n')}`);
  } finally {
    await visitor.close();
  }
}

async function requiresSignIn(page: Page, { url, values }: FollowedGuide): Promise<void> {
  await page.goto(`${url}/account`);
  await passwordField(page).waitFor();
  assert.equal(new URL(page.url()).origin, new URL(values.endpoint).origin, 'a protected page asks to sign in');
}

async function signsInAndOut(page: Page, { url }: FollowedGuide): Promise<void> {
  await page.goto(url);
  await control(page, 'Sign in').click();
  await signIn(page, reader);
  await page.getByText(`Hello, ${reader.name}`).waitFor();
  assert.equal(new URL(page.url()).origin, url);

  await page.goto(`${url}/account`);
  await page.getByText(reader.name).first().waitFor();
  await page.goto(url);
  await control(page, 'Sign out').click();
  await control(page, 'Sign in').waitFor();
  assert.equal(page.url(), `${url}/`);

  await control(page, 'Sign in').click();
  await passwordField(page).waitFor();
}
