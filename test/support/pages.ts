import type { Page } from 'playwright-core';

/** What a person types. */
export interface Credentials {
  username: string;
  password: string;
}

/** A password that the default rules accept. */
export const goodPassword = 'correct horse 7 battery';

/** Fills the hosted sign-in page, in English, and sends it. */
export async function signIn(page: Page, { username, password }: Credentials): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Fills the hosted registration page, in English, and sends it. */
export async function register(page: Page, { username, password }: Credentials): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Choose a password').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
}
