import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertFits, type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { type Operator, operate } from '../../support/operator.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** Whether the element with the focus is on top, from its upper to its lower edge. */
const isFocusVisible = `(() => {
  const { left, top, bottom, width } = document.activeElement.getBoundingClientRect();
  const atHeight = (y) => document.elementFromPoint(left + width / 2, y);
  return [top + 4, (top + bottom) / 2, bottom - 4].every((y) => atHeight(y) === document.activeElement);
})()`;

describe('The security page of the Console', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: ConsoleVisitor;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    visitor = await openConsole(server, screens.desktop);
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });

  it('sets a captcha, keeps its secret, and shows what is missing at its field', async () => {
    const { page } = visitor;
    const provider = () => operator.call<{ config: object }>('GET', '/api/captcha-provider');
    const policy = async () =>
      (await operator.call<{ captchaPolicy: object }>('GET', '/api/sign-in-exp')).captchaPolicy;
    const save = async () => {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    };
    const choose = async (label: string, option: string) => {
      await page.getByRole('combobox', { name: label }).click();
      await page.getByRole('option', { name: option }).click();
    };
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('heading', { name: 'Captcha' }).waitFor();
    const field = await page.getByRole('combobox', { name: 'Provider' }).elementHandle();
    await page.getByLabel('Ask for a captcha').check({ force: true });
    await save();
    assert.equal(await field?.evaluate((element) => element.isConnected), true, 'the form stays while it is saved');
    assert.deepEqual([(await provider()).config, await policy()], [{ type: 'ProofOfWork' }, { enabled: true }]);

    await choose('Provider', 'Google reCAPTCHA Enterprise');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a value.').first().waitFor();
    assert.ok(await page.evaluate(isFocusVisible), 'the bar covers the field that has the focus');
    await inspect(page, 'security-captcha-problems');
    await page.getByLabel('Site key', { exact: true }).fill('6Lc-harbour');
    await page.getByLabel('Google Cloud project ID').fill('harbour-401');
    await page.getByLabel('API key').fill('AIza-secret');
    await choose('Script domain', 'www.recaptcha.net');
    await save();
    const config = { type: 'RecaptchaEnterprise', siteKey: '6Lc-harbour', projectId: 'harbour-401' };
    assert.deepEqual((await provider()).config, { ...config, mode: 'invisible', domain: 'www.recaptcha.net' });
    await page.getByText('A key is stored').waitFor();
    assert.equal(await page.getByLabel('API key').inputValue(), '');

    await choose('Kind of site key', 'Checkbox');
    await save();
    assert.deepEqual((await provider()).config, { ...config, mode: 'checkbox', domain: 'www.recaptcha.net' });
    await inspect(page, 'security-captcha');
    await page.setViewportSize(screens.phone.viewport);
    await assertFits(page);
    await inspect(page, 'security-captcha-phone');
    // Browsers report that there was no provider at first.
    const complaints = visitor.complaints.filter((each) => !each.includes('/api/captcha-provider'));
    assert.deepEqual(complaints, []);
  });
});
