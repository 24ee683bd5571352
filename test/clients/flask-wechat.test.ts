import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { findPersona, type SandboxOutcome } from '../../connectors/sandbox/index.ts';
import { openBrowser } from '../support/browser.ts';
import { type FlaskApp, planFlask, startFlask } from '../support/flask.ts';
import { type Operator, operate } from '../support/operator.ts';
import { openPhone, type Phone, type PhoneOptions } from '../support/phone.ts';
import { startServer, type TestServer } from '../support/server.ts';

const webViews: { name: string; options: PhoneOptions }[] = [
  { name: 'an Android web view whose bridge comes before the page', options: { platform: 'android' } },
  { name: 'an Android web view whose bridge comes after the page', options: { platform: 'android', arrival: 'late' } },
  { name: 'an iOS web view', options: { platform: 'ios' } },
];

/** What WeChat answers, and the words that the person reads. */
const failures: { outcome: SandboxOutcome; words: RegExp }[] = [
  { outcome: 'token_40029', words: /sign-in with WeChat was already used or has expired/ },
  { outcome: 'token_40163', words: /sign-in with WeChat was already used or has expired/ },
  { outcome: 'token_42003', words: /sign-in with WeChat was already used or has expired/ },
  { outcome: 'token_garbage', words: /WeChat returned an unexpected response/ },
  { outcome: 'token_500', words: /WeChat returned an error/ },
  { outcome: 'profile_40001', words: /sign-in with WeChat was already used or has expired/ },
  { outcome: 'profile_40014', words: /sign-in with WeChat was already used or has expired/ },
  { outcome: 'profile_garbage', words: /WeChat returned an unexpected response/ },
  { outcome: 'token_timeout', words: /WeChat did not respond in time/ },
];

describe('WeChat sign-in to a Flask app in a native web view', () => {
  let server: TestServer;
  let operator: Operator;
  let flask: FlaskApp;
  let connectorId: string;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    connectorId = await operator.connectWechat();
    await asksForUsername(false);
    const { port, redirectUri, postLogoutUri } = await planFlask();
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri });
    flask = await startFlask({ port, endpoint: server.url, appId: id, appSecret: secret });
  });
  after(async () => {
    await flask?.stop();
    await server?.close();
  });

  /** Whether people who come through WeChat have to choose a username, as the tenant's default is. */
  const asksForUsername = (asks: boolean) =>
    operator.call('PATCH', '/api/sign-in-exp', { socialSignIn: { skipRequiredIdentifiers: !asks } });
  const consents =
    (persona: string, outcome: SandboxOutcome = 'success') =>
    ({ appId }: { appId: string }) =>
      operator.approveAtWechat({ appId, persona, outcome });
  const wechatButton = ({ page }: Phone) => page.getByRole('button', { name: 'Continue with WeChat' });
  const tapWechat = async (phone: Phone) => {
    await phone.page.goto(`${flask.url}/sign-in`);
    await wechatButton(phone).tap();
  };
  const mei = findPersona('mei');
  assert.ok(mei?.unionid);
  const hello = ({ page }: Phone) => page.getByRole('heading', { name: `Hello, ${mei.nickname}` });

  for (const { name, options } of webViews) {
    describe(name, () => {
      let phone: Phone;
      beforeEach(async () => {
        phone = await openPhone(options);
      });
      afterEach(async () => {
        await phone.close();
        await operator.deleteUsers();
        assert.deepEqual(phone.complaints, []);
      });

      it('creates an account for a new user and finds the account of a returning one', async () => {
        phone.person(consents('mei'));
        await tapWechat(phone);
        await hello(phone).waitFor();
        assert.equal(phone.page.url(), `${flask.url}/`);
        const [user] = await operator.users();
        assert.equal(user?.identities.wechat?.userId, mei.unionid);
        assert.equal(user?.avatar, mei.headimgurl);

        await phone.page.getByRole('link', { name: 'Sign out' }).tap();
        await phone.page.getByText('You are not signed in.').waitFor();
        await tapWechat(phone);
        await hello(phone).waitFor();
        assert.deepEqual(
          (await operator.users()).map(({ id }) => id),
          [user?.id],
        );
      });

      it('passes the two addresses that the native app needs', async () => {
        await tapWechat(phone);
        await phone.page
          .getByRole('alert')
          .getByText(/canceled/)
          .waitFor();
        const [request] = phone.requests;
        const redirect = new URL(request?.redirectTo ?? '');
        assert.equal(redirect.protocol, 'wechat:');
        assert.equal(redirect.searchParams.get('app_id'), operator.wechatApp.appId);
        assert.equal(redirect.searchParams.get('universal_link'), operator.wechatApp.universalLinks);
        assert.equal(request?.callbackUri, `${server.url}/callback/social/${connectorId}`);
      });

      it('reports that the user declined, and works on the next attempt', async () => {
        await tapWechat(phone);
        await phone.page
          .getByRole('alert')
          .getByText(/canceled or not allowed/)
          .waitFor();
        assert.deepEqual(await operator.users(), []);
        phone.person(consents('mei'));
        await wechatButton(phone).tap();
        await hello(phone).waitFor();
      });
    });
  }

  describe('Failures of WeChat', () => {
    let phone: Phone;
    before(async () => {
      phone = await openPhone({ platform: 'android' });
    });
    after(() => phone.close());

    for (const { outcome, words } of failures) {
      it(`explains ${outcome} and creates no user`, async () => {
        phone.person(consents('mei', outcome));
        await tapWechat(phone);
        await phone.page.getByRole('alert').getByText(words).waitFor();
        assert.deepEqual(await operator.users(), []);
        assert.ok(await wechatButton(phone).isVisible(), 'the person can try again');
        const focused = await phone.page.evaluate('document.activeElement?.id');
        assert.equal(focused, 'page-alert', 'no field opens the keyboard over the message');
      });
    }
  });

  it('asks a new user once for the username that the tenant requires', async () => {
    await asksForUsername(true);
    const phone = await openPhone({ platform: 'android' });
    const { page } = phone;
    phone.person(consents('mei'));
    await tapWechat(phone);
    await page.getByRole('heading', { name: 'One last step' }).waitFor();
    await page.getByLabel('Username').fill('lin_xiaomei');
    assert.equal(await page.getByLabel('password').count(), 0, 'WeChat is a way in of its own');
    assert.deepEqual(await operator.users(), []);
    await page.getByRole('button', { name: 'Continue' }).tap();
    await hello(phone).waitFor();
    assert.equal((await operator.users())[0]?.username, 'lin_xiaomei');
    await page.getByRole('link', { name: 'Sign out' }).tap();
    await page.getByText('You are not signed in.').waitFor();
    await tapWechat(phone);
    await hello(phone).waitFor();
    await phone.close();
    await operator.deleteUsers();
    await asksForUsername(false);
  });

  it('returns a name with quotes and angle brackets as it was typed', async () => {
    const phone = await openPhone({ platform: 'ios' });
    phone.person(consents('rafael'));
    await tapWechat(phone);
    await phone.page.getByRole('heading', { name: `Hello, ${findPersona('rafael')?.nickname}`, exact: true }).waitFor();
    await phone.close();
    await operator.deleteUsers();
  });

  it('identifies a user without a unionid by the openid', async () => {
    const phone = await openPhone({ platform: 'android' });
    phone.person(consents('aino'));
    await tapWechat(phone);
    await phone.page.getByRole('heading', { name: /^Hello, Aino/ }).waitFor();
    const [user] = await operator.users();
    assert.equal(user?.identities.wechat?.userId, findPersona('aino')?.openid);
    await phone.close();
    await operator.deleteUsers();
  });

  it('shows no WeChat button on a phone without WeChat, and none in a browser', async () => {
    const visitors = [
      await openPhone({ platform: 'android', targets: [] }),
      await openPhone({ platform: 'ios', targets: ['alipay'] }),
      await openBrowser(),
    ];
    for (const { page, close } of visitors) {
      await page.goto(`${flask.url}/sign-in`, { waitUntil: 'networkidle' });
      await page.getByLabel('Username').waitFor();
      assert.equal(await page.getByRole('button', { name: /WeChat/ }).count(), 0);
      await close();
    }
  });
});
