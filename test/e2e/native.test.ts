import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPersona } from '../../connectors/sandbox/index.ts';
import { openBrowser, phoneScreen } from '../support/browser.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { openPhone, type Phone } from '../support/phone.ts';

const callbackLink = /^logto-callback:\/\//;

describe('Social sign-in in the web view of an app', () => {
  let hosted: HostedSignIn;
  let phone: Phone;
  const mei = findPersona('mei');
  assert.ok(mei);
  before(async () => {
    hosted = await openHostedSignIn();
    const { operator } = hosted;
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const [connectorId, config] of [
      ['github-universal', { clientId: 'the-client', clientSecret: 'a client secret of the tests' }],
      [
        'alipay-native',
        {
          appId: '2021000000000000',
          privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          signType: 'RSA2',
        },
      ],
    ])
      await operator.call('POST', '/api/connectors', { connectorId, config });
    await operator.configure({
      socialSignInConnectorTargets: ['github', 'alipay'],
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
    });
  });
  after(() => hosted?.close());
  afterEach(async () => {
    await phone?.close();
    await hosted.operator.deleteUsers();
  });

  const identities = async () => (await hosted.operator.users()).map((user) => Object.keys(user.identities));

  /** The user consents in the app of Alipay, which gives the web view a code. */
  const consentAtAlipay = async ({ appId }: { appId: string }): Promise<string> => {
    const query = new URLSearchParams({ app_id: appId, redirect_uri: hosted.server.url, state: 'state' });
    const address = `https://openauth.alipay.com/oauth2/publicAppAuthorize.htm?${query}&scope=auth_user`;
    const { app, tenant } = hosted.server;
    const { parameters } = await app.sandbox.decide(tenant, address, { persona: 'mei', outcome: 'success' });
    return parameters.auth_code ?? assert.fail('no code');
  };
  /** The user consents in the browser of the phone, which opens the link of the app at the end. */
  const consentAtGithub = async (address: string): Promise<URL> => {
    const browser = await openBrowser(phoneScreen);
    const { page } = browser;
    await page.goto(address);
    await page.getByRole('radio', { name: mei.nickname }).check();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => callbackLink.test(response.headers().location ?? '')),
      page.getByRole('button', { name: 'Allow' }).click(),
    ]);
    await browser.close();
    return new URL(answer.headers().location ?? '');
  };

  for (const platform of ['android', 'ios'] as const) {
    it(`goes through the app of Alipay on ${platform}`, async () => {
      phone = await openPhone({ platform, targets: ['alipay'] });
      const { page } = phone;
      await hosted.start(page);
      const button = page.getByRole('button', { name: 'Continue with Alipay' });
      await button.tap();
      await page
        .getByRole('alert')
        .getByText(/canceled or not allowed/)
        .waitFor();
      await assertFits(page);
      phone.person(consentAtAlipay);
      await button.tap();
      await hosted.arrives(page);
      assert.deepEqual(await identities(), [['alipay']]);
    });

    it(`goes through the browser of the phone, and back by the link of the app, on ${platform}`, async () => {
      phone = await openPhone({ platform });
      const { page } = phone;
      phone.browser(consentAtGithub);
      await hosted.start(page);
      await page.getByRole('button', { name: 'Continue with GitHub' }).tap();
      await hosted.arrives(page);
      assert.deepEqual(await identities(), [['github']]);
      assert.match(phone.requests[0]?.redirectTo ?? '', /\/social\/landing\//);
    });
  }
});
