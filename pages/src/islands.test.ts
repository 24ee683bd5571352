import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { fullBranding, sampleFrame, sampleViews } from './testing/views.ts';

describe('Page scripts in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  let scripted: BrowserContext;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
    scripted = await browser.newContext();
  });
  after(() => Promise.all([browser.close(), server.close()]));

  const show = async (page: Page, view: PageView, branding: Partial<PageFrame['branding']> = {}): Promise<void> => {
    server.posted.length = 0;
    server.shown.set('/page', { frame: sampleFrame(branding), view });
    await page.goto(`${server.origin}/page`);
  };

  describe('Button for another code', () => {
    const sent: PageView = { ...sampleViews.verificationCode, resendAfter: 25 };
    const button = 'form[action$="/verification-code/send"] button';

    it('counts the seconds down, sends nothing before the end, and sends a code after it', async () => {
      const page = await scripted.newPage();
      await page.clock.install();
      await show(page, sent);
      const shown = page.locator(button);
      assert.match((await shown.textContent()) ?? '', /\b25\b/);
      assert.equal(await shown.getAttribute('aria-disabled'), 'true');
      await page.clock.runFor(10_000);
      assert.match((await shown.textContent()) ?? '', /\b15\b/);
      await shown.click({ force: true });
      assert.deepEqual(server.posted, []);
      await page.clock.runFor(15_000);
      assert.doesNotMatch((await shown.textContent()) ?? '', /\d/);
      assert.equal(await shown.getAttribute('aria-disabled'), null);
      await shown.click();
      await page.waitForURL('**/verification-code/send');
      assert.equal(server.posted.length, 1);
      await page.close();
    });

    it('sends another code at once with scripts off, where the server decides', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await show(page, sent);
      await page.click(button);
      await page.waitForURL('**/verification-code/send');
      assert.equal(server.posted.length, 1);
      await context.close();
    });
  });

  describe('Logo', () => {
    /** Closed on every machine, so that loading fails at once. */
    const missing = 'https://localhost:1/logo.svg';

    for (const [what, branding] of [
      ['for light pages', { logoUrl: missing }],
      ['that has a variant for dark pages', { logoUrl: missing, darkLogoUrl: missing }],
    ] as const) {
      it(`replaces ${what} with the first letter of the name when it does not load`, async () => {
        const page = await scripted.newPage();
        await show(page, sampleViews.verificationCode, branding);
        const letter = page.getByRole('img', { name: 'Harbour' });
        await page.locator('span.letter').waitFor();
        assert.equal(await letter.textContent(), 'H');
        assert.equal(await page.locator('img[data-initial]').count(), 0);
        await page.close();
      });
    }

    it('shows the logo when it loads', async () => {
      const page = await scripted.newPage();
      await show(page, sampleViews.verificationCode, fullBranding);
      assert.equal(await page.locator('img[data-initial]').count(), 1);
      assert.equal(await page.locator('span.letter').count(), 0);
      await page.close();
    });
  });
});
