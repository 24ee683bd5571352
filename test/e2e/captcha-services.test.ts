import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { findRoot } from '../../server/src/root.ts';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { recaptchaConfig, startCaptchaServices, turnstileConfig } from '../support/captcha-services.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, signIn } from '../support/pages.ts';

const folder = join(findRoot(process.env), '.cache/screenshots/captcha');

/** The script of Turnstile: a widget that answers by itself, or after a click of the user. */
const turnstileScript = (answer: string, asks = false) => `window.turnstile = {
  render(place, options) {
    window.shown = { ...options, callback: undefined };
    if (!${asks}) { setTimeout(() => options.callback('${answer}'), 50); return 'widget'; }
    const box = document.createElement('button');
    Object.assign(box, { type: 'button', textContent: 'Verify', onclick: () => options.callback('${answer}') });
    box.style.cssText = 'inline-size: 300px; block-size: 65px';
    place.append(box);
    options['before-interactive-callback']();
    return 'widget';
  },
  reset() {},
};`;

/** The script of reCAPTCHA: a score at once, or a box to tick. */
const recaptchaScript = (answer: string) => `window.grecaptcha = { enterprise: {
  ready(work) { work(); },
  execute(siteKey, options) {
    window.executed = { siteKey, ...options };
    return { then(done) { done('${answer}'); } };
  },
  render(place, options) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.ariaLabel = 'I am not a robot';
    box.onchange = () => options.callback('${answer}');
    place.append(box);
    return 0;
  },
  reset() {},
} };`;

describe('Captchas of other services on the hosted pages', () => {
  const ana = { username: 'ana_widget', password: goodPassword };
  let services: Awaited<ReturnType<typeof startCaptchaServices>>;
  let world: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    services = await startCaptchaServices(Date.now);
    world = await openHostedSignIn({ world: { outbound: services.outbound } });
    await world.operator.addUser(ana);
    await configure(turnstileConfig);
    await world.operator.call('PATCH', '/api/sign-in-exp', { captchaPolicy: { enabled: true } });
  });
  after(async () => {
    await world?.close();
    await services?.close();
  });
  afterEach(() => visitor?.close());

  const configure = (config: object) => world.operator.call('PUT', '/api/captcha-provider', { config });
  /** What the service sends to browsers; undefined: nothing. */
  const provide = (page: Page, pattern: string, script: () => string | undefined) =>
    page.route(pattern, (route) => {
      const body = script();
      return body === undefined ? route.abort() : route.fulfill({ contentType: 'text/javascript', body });
    });

  for (const [screen, options] of eachScreen)
    it(`lets Turnstile answer by itself, with at most 4 requests of ours and 30 kB where passkeys sign in as well, on a ${screen}`, async () => {
      await configure(turnstileConfig);
      visitor = await openBrowser(options);
      const { page, context } = visitor;
      await provide(page, 'https://challenges.cloudflare.com/**', () => turnstileScript(services.answer()));
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      const ours = new Set<string>();
      let weight = 0;
      session.on('Network.requestWillBeSent', ({ requestId, request }) => {
        if (request.url.startsWith(world.server.url)) ours.add(requestId);
      });
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        if (ours.has(requestId)) weight += encodedDataLength;
      });
      const passkeys = (enabled: boolean) =>
        world.operator.call('PATCH', '/api/sign-in-exp', {
          passkeySignIn: { enabled, showPasskeyButton: true, allowAutofill: true },
        });
      await passkeys(true);
      await world.start(page);
      while (!(await page.evaluate('Boolean(window.shown)')));
      await passkeys(false);
      const { sitekey, action, language } = (await page.evaluate('window.shown')) as Record<string, unknown>;
      assert.deepEqual([sitekey, action, language], [turnstileConfig.siteKey, 'sign_in', 'en']);
      assert.ok(ours.size <= 4 && weight > 0 && weight <= 30_000, `${ours.size} requests, ${weight} bytes`);
      await assertFits(page, (scheme) =>
        page.screenshot({ path: join(folder, `turnstile-alone-${screen}-${scheme}.png`) }),
      );
      await signIn(page, ana);
      await world.arrives(page);
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`goes on by itself when Turnstile asks the user after the form was sent, on a ${screen}`, async () => {
      await configure(turnstileConfig);
      visitor = await openBrowser(options);
      const { page } = visitor;
      await provide(page, 'https://challenges.cloudflare.com/**', () => turnstileScript(services.answer(), true));
      await world.start(page);
      await signIn(page, ana);
      const box = page.getByRole('button', { name: 'Verify' });
      await box.waitFor();
      await assertFits(page, (scheme) => page.screenshot({ path: join(folder, `turnstile-${screen}-${scheme}.png`) }));
      await box.click();
      await world.arrives(page);
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`says that the script could not be loaded, and tries again with the button, on a ${screen}`, async () => {
      await configure(turnstileConfig);
      visitor = await openBrowser(options);
      const { page } = visitor;
      let isReachable = false;
      await provide(page, 'https://challenges.cloudflare.com/**', () =>
        isReachable ? turnstileScript(services.answer()) : undefined,
      );
      await world.start(page);
      await signIn(page, ana);
      await page.getByRole('alert').getByText('could not be loaded').waitFor();
      isReachable = true;
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await world.arrives(page);
    });

  it('takes no space in the form while there is nothing to do for the user', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    await provide(page, 'https://challenges.cloudflare.com/**', () => turnstileScript(services.answer()));
    await provide(page, 'https://www.google.com/recaptcha/**', () => recaptchaScript(services.answer()));
    const policy = (enabled: boolean) => world.operator.configure({ captchaPolicy: { enabled } });
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    await policy(false);
    await world.start(page);
    const without = await button.boundingBox();
    await policy(true);
    for (const [config, isReady] of [
      [turnstileConfig, 'window.shown'],
      [recaptchaConfig, 'window.grecaptcha'],
    ] as const) {
      await configure(config);
      await world.start(page);
      while (!(await page.evaluate(`Boolean(${isReady})`)));
      assert.deepEqual(await button.boundingBox(), without);
    }
  });

  for (const [screen, options] of eachScreen)
    it(`sends the score of reCAPTCHA that comes while the form is being sent, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      await configure(recaptchaConfig);
      const { page } = visitor;
      await provide(page, 'https://www.google.com/recaptcha/**', () => recaptchaScript(services.answer()));
      await world.start(page);
      await assertFits(page, (scheme) => page.screenshot({ path: join(folder, `score-${screen}-${scheme}.png`) }));
      await signIn(page, ana);
      await world.arrives(page);
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`asks to tick the box of reCAPTCHA, which comes from the domain of the operator, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      await configure({ ...recaptchaConfig, mode: 'checkbox', domain: 'www.recaptcha.net' });
      const { page } = visitor;
      await provide(page, 'https://www.recaptcha.net/recaptcha/**', () => recaptchaScript(services.answer()));
      await world.start(page);
      const box = page.getByLabel('I am not a robot');
      await box.waitFor();
      await signIn(page, ana);
      await page.getByRole('alert').getByText('First confirm').waitFor();
      await assertFits(page, (scheme) => page.screenshot({ path: join(folder, `box-${screen}-${scheme}.png`) }));
      await box.check();
      assert.equal(await page.getByRole('alert').textContent(), '');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await world.arrives(page);
      assert.deepEqual(visitor.complaints, []);
    });
});
