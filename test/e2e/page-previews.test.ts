import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { authorization } from '../support/authorization.ts';
import { openBrowser } from '../support/browser.ts';
import { screens } from '../support/console.ts';
import { type Manager, manage } from '../support/management.ts';
import { differingShare } from '../support/pixels.ts';
import { startServer, type TestServer } from '../support/server.ts';

const picture = (fill: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><path d="M0 0h90v30z" fill="${fill}"/></svg>`).toString('base64')}`;

const unsaved = {
  color: { primaryColor: '#0a7d34', isDarkModeEnabled: true, darkPrimaryColor: '#7fe0a2' },
  branding: { logoUrl: picture('#0a7d34'), darkLogoUrl: picture('#7fe0a2') },
  customCss:
    '.page { letter-spacing: 0.02em } @media (prefers-color-scheme: dark) { h1 { text-decoration: underline } }',
  termsOfUseUrl: 'https://example.com/terms',
  agreeToTermsPolicy: 'Manual',
  socialSignInConnectorTargets: ['github', 'wechat'],
};

describe('The preview in a frame of the Console', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    for (const [connectorId, config] of [
      ['github-universal', { clientId: 'a', clientSecret: 'b' }],
      ['wechat-native', { appId: 'wx1', appSecret: 'b' }],
    ])
      assert.equal((await api.post('/api/connectors', { connectorId, config })).status, 200);
  });
  after(() => server.close());

  /** Opens the preview as the Console does: a page of the server's origin posts the document into a frame. */
  const frame = async (page: Page, query: Record<string, string>, settings: object): Promise<void> => {
    const { body } = await api.post(`/api/sign-in-exp/preview?${new URLSearchParams(query)}`, settings);
    const { address, document } = body.page ?? assert.fail();
    const html = `<!doctype html><meta name="viewport" content="width=device-width"><style>body { margin: 0 } iframe { border: 0; width: 100vw; height: 100vh; display: block }</style>
      <iframe name="preview" title="Preview" sandbox></iframe>
      <form method="post" target="preview" action="${address}"><input type="hidden" name="document" value="${document}"></form>`;
    await page.route('**/frame-of-the-console', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(`${server.url}/frame-of-the-console`);
    await page.locator('form').evaluate((form: HTMLFormElement) => form.submit());
    await page.frameLocator('iframe').locator('h1').waitFor();
  };

  it('shows WeChat in the web view of an app, and neither its buttons nor its links lead anywhere', async () => {
    const { page, close } = await openBrowser();
    try {
      await frame(page, { platform: 'ios' }, unsaved);
      const shown = page.frameLocator('iframe');
      await shown.getByRole('button', { name: 'Continue with WeChat' }).waitFor();
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await shown.getByLabel('Username').fill('alex');
      await shown.getByLabel('Password', { exact: true }).fill('tulips under stone');
      await shown.getByRole('checkbox').check();
      await shown.getByRole('button', { name: 'Sign in', exact: true }).click();
      await shown.getByRole('button', { name: 'Continue with WeChat' }).click();
      await shown.getByRole('link', { name: 'Create an account' }).click();
      await shown.getByRole('heading', { level: 1 }).click();
      assert.deepEqual(requests, []);
      assert.equal(page.context().pages().length, 1);
      assert.deepEqual(await page.context().cookies(), []);
    } finally {
      await close();
    }
  });

  it('looks like the page that users get once the settings are saved, on a desktop and on a phone, light and dark', async () => {
    const visitor = await openBrowser();
    const { page } = visitor;
    /** Without a focus and a caret: a frame does not take them. */
    const picture = async () => {
      await page.mouse.move(0, 0);
      await page.evaluate('document.activeElement?.blur()');
      return page.screenshot({ animations: 'disabled' });
    };
    const look = async ({ viewport, colorScheme }: (typeof views)[number]) => {
      await page.setViewportSize(viewport);
      // Screenshots end the animations of a page, but not those in its frames.
      await page.emulateMedia({ colorScheme });
    };
    const views = [
      { viewport: screens.desktop.viewport, colorScheme: 'light' },
      { viewport: screens.phone.viewport, colorScheme: 'dark' },
    ] as const;
    try {
      const previews: Buffer[] = [];
      for (const view of views) {
        await look(view);
        await frame(page, { applicationId: 'demo-app', colorScheme: view.colorScheme }, unsaved);
        previews.push(await picture());
      }
      assert.equal((await api.patch('/api/sign-in-exp', unsaved)).status, 200);
      for (const [place, view] of views.entries()) {
        await look(view);
        await page.goto(authorization({ endpoint: server.url }).url);
        const shown = await picture();
        const share = await differingShare(page, [previews[place] ?? shown, shown]);
        assert.ok(share < 0.001, `${share * 100} % of the pixels differ in ${view.colorScheme}`);
      }
    } finally {
      await visitor.close();
    }
  });

  it('is not shown in a frame of another site', async () => {
    const { page, close } = await openBrowser();
    try {
      const { body } = await api.post('/api/sign-in-exp/preview', {});
      const { address, document } = body.page ?? assert.fail();
      // A page of the same server by another name, without a policy of its own.
      await page.goto(`${server.url.replace('localhost', '127.0.0.1')}/oidc/jwks`);
      await page.setContent(
        `<iframe name="preview"></iframe><form method="post" target="preview" action="${address}"><input name="document" value="${document}"></form>`,
      );
      const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
      await page.locator('form').evaluate((form: HTMLFormElement) => form.submit());
      await refused;
      assert.equal(await page.frameLocator('iframe').getByLabel('Username').count(), 0);
    } finally {
      await close();
    }
  });
});
