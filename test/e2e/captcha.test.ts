import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, signIn } from '../support/pages.ts';

interface LoggedEntry {
  payload: { result: string };
}

describe('The captcha of the hosted pages', () => {
  let world: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    world = await openHostedSignIn();
    await world.operator.call('PUT', '/api/captcha-provider', { config: { type: 'ProofOfWork' } });
    await world.operator.call('PATCH', '/api/sign-in-exp', { captchaPolicy: { enabled: true } });
  });
  after(() => world?.close());
  afterEach(() => visitor?.close());

  let passed = 0;
  for (const [screen, options] of [
    ['phone', phoneScreen],
    ['desktop', { viewport: { width: 1440, height: 900 } }],
  ] as const)
    it(`solves itself, and the sign-in goes on when it was sent before that, on a ${screen}`, async () => {
      const ana = { username: `ana_captcha_${screen}`, password: goodPassword };
      await world.operator.addUser(ana);
      visitor = await openBrowser(options);
      const { page } = visitor;
      await world.start(page);
      await signIn(page, ana);
      await world.arrives(page);
      const key = 'Interaction.Create.Captcha';
      const solved = await world.operator.call<LoggedEntry[]>('GET', `/api/logs?logKey=${key}`);
      passed += 1;
      assert.deepEqual(
        solved.map(({ payload }) => payload.result),
        Array(passed).fill('Success'),
      );
      assert.deepEqual(visitor.complaints, []);
    });

  it('tells users without scripts what to do', async () => {
    visitor = await openBrowser({ ...phoneScreen, javaScriptEnabled: false });
    const { page } = visitor;
    await world.start(page);
    // `getByText` passes over <noscript>, also where it is shown.
    const told = page.locator('noscript .notice');
    assert.ok(await told.isVisible());
    assert.match((await told.textContent()) ?? '', /Turn on JavaScript/);
  });
});
