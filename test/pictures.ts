import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { findRoot } from '../server/src/root.ts';
import { authorization } from './support/authorization.ts';
import { openBrowser } from './support/browser.ts';
import { type ConsoleVisitor, openConsole, sandboxPhone } from './support/console.ts';
import { operate } from './support/operator.ts';
import { startServer, type TestServer } from './support/server.ts';

/** A picture of 1440 pixels in width; text is as large as on a screen that is 1152 pixels wide. */
const consoleScreen = (height: number) => ({ viewport: { width: 1152, height }, deviceScaleFactor: 1.25 });
const signInScreen = { viewport: { width: 960, height: 800 }, deviceScaleFactor: 1.5 };

async function take(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const path = join(findRoot(process.env), 'docs/images', `${name}${theme === 'dark' ? '-dark' : ''}.png`);
    await page.screenshot({ path, animations: 'disabled' });
  }
}

/** The sign-in page of an application, with a button of WeChat. */
async function takeSignIn(server: TestServer): Promise<void> {
  const operator = await operate(server);
  await operator.call('POST', '/api/connectors', {
    connectorId: 'wechat-web',
    config: { appId: 'wx0123456789abcdef', appSecret: 'a secret of the pictures' },
  });
  const redirectUri = 'http://localhost:3000/callback';
  const { id } = await operator.addApplication({ name: 'Acme Notes', type: 'Traditional', redirectUri });
  const { page, close } = await openBrowser(signInScreen);
  await page.goto(authorization({ endpoint: server.url, clientId: id, redirectUri }).url);
  await page.getByRole('heading', { name: 'Sign in to Acme Notes' }).waitFor();
  await take(page, 'sign-in');
  await close();
}

/** The guide of a Flask application that was just created in the Console. */
async function takeGuide({ page, open, close }: ConsoleVisitor): Promise<void> {
  await open('applications/create');
  await page.getByRole('button', { name: /^Flask/ }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Tea shop');
  await page.keyboard.press('Enter');
  await page.getByText('“Tea shop” is created').waitFor();
  await page.reload();
  await page.getByText('Waiting for your first sign-in').waitFor();
  await take(page, 'guide');
  await close();
}

/** The phone of the sandbox beside the switches of a connector. */
async function takeConnector(server: TestServer, { page, open, close }: ConsoleVisitor): Promise<void> {
  await open(`connectors/${await (await operate(server)).connectWechat()}/try`);
  await sandboxPhone(page).app.getByRole('button', { name: 'Sign in' }).click();
  await sandboxPhone(page).app.getByRole('button', { name: 'Continue with WeChat' }).waitFor();
  await take(page, 'connector');
  await close();
}

test('the pictures of the documentation', async () => {
  const server = await startServer({ port: 3001 });
  try {
    await takeGuide(await openConsole(server, consoleScreen(780)));
    await takeConnector(server, await openConsole(server, consoleScreen(940)));
    await takeSignIn(server);
  } finally {
    await server.close();
  }
});
