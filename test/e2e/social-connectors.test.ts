import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPersona, oidcIssuer } from '../../connectors/sandbox/index.ts';
import { builtInConnectors } from '../../connectors/src/index.ts';
import { brands } from '../../connectors/src/testing/brands.ts';
import { eachScreen, openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { playProviders } from '../support/provider-pages.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const mei = findPersona('mei');
assert.ok(mei);
const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
const wechatApp = { appId: 'wx0123456789abcdef', appSecret: 'an app secret of nobody' };
const oauth2 = {
  ...client,
  authorizationEndpoint: 'https://oauth2.sandbox.test/authorize',
  tokenEndpoint: 'https://oauth2.sandbox.test/token',
  userInfoEndpoint: 'https://oauth2.sandbox.test/me',
};

interface Way {
  connectorId: string;
  target: string;
  /** As the button shows it. */
  name: string;
  config: object;
  metadata?: object;
  /** ID of Mei at the provider. */
  userId: string;
}

const builtIn = (connectorId: string) =>
  builtInConnectors.find(({ metadata }) => metadata.id === connectorId)?.metadata ?? assert.fail(connectorId);
const wayOf = (connectorId: string, config: object, userId: string): Way => {
  const { target, name } = builtIn(connectorId);
  return { connectorId, target, name: name.en, config, userId };
};
const standardWay = (way: Way, target: string, name: string): Way => ({
  ...way,
  target,
  name,
  metadata: { target, name: { en: name } },
});
const officialAccount = wayOf('wechat-official-account', wechatApp, mei.unionid ?? '');
const ways: readonly Way[] = [
  wayOf('google-universal', client, 'sandbox-mei'),
  wayOf('github-universal', client, '1001'),
  wayOf('wechat-web', wechatApp, mei.unionid ?? ''),
  standardWay(wayOf('oidc', { ...client, issuer: oidcIssuer }, 'sandbox-mei'), 'acme', 'Acme ID'),
  standardWay(wayOf('oauth2', oauth2, '1001'), 'harbour', 'Harbour'),
  ...brands
    .filter(({ connector }) => connector.metadata.platform !== 'Native')
    .map(({ connector, config = client, id }) => wayOf(connector.metadata.id, config, id)),
];

describe('Every social connector that is built in, in a browser', () => {
  const providers = playProviders();
  let hosted: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    hosted = await openHostedSignIn({ world: { outbound: providers.outbound } });
    const { operator } = hosted;
    for (const { connectorId, config, metadata } of [...ways, officialAccount])
      await operator.call('POST', '/api/connectors', { connectorId, config, ...(metadata ? { metadata } : {}) });
    await operator.configure({
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
      socialSignInConnectorTargets: ways.map(({ target }) => target),
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
    });
  });
  after(() => hosted?.close());
  afterEach(() => hosted.operator.deleteUsers());

  it('has a way here, or shows no page of a provider in a browser', () => {
    const driven = new Set([...ways, officialAccount].map(({ connectorId }) => connectorId));
    const others = builtInConnectors
      .filter(({ metadata: { id, type } }) => type === 'Social' && !driven.has(id))
      .map(({ metadata: { id, platform } }) => [id, platform]);
    assert.deepEqual(others, [
      ['wechat-native', 'Native'],
      ['wechat-mini-program', 'MiniProgram'],
      ['alipay-native', 'Native'],
    ]);
  });

  const signInThrough = async ({ name, target, userId }: Way) => {
    const { page } = visitor;
    await hosted.start(page);
    await page.getByRole('button', { name: `Continue with ${name}`, exact: true }).click();
    await hosted.arrives(page);
    const [user, ...others] = await hosted.operator.users();
    assert.equal(user?.name, mei.nickname);
    assert.equal(user?.identities[target]?.userId, userId);
    assert.deepEqual(others, []);
    assert.deepEqual(visitor.complaints, []);
  };

  for (const [screen, options] of eachScreen)
    describe(`Buttons of the connectors on a ${screen}`, () => {
      before(async () => {
        visitor = await openBrowser(options);
        await providers.agreeIn(visitor);
      });
      after(() => visitor?.close());
      afterEach(async () => {
        visitor.complaints.length = 0;
        await visitor.context.clearCookies();
      });

      it('each show a name and a logo', async () => {
        const { page } = visitor;
        await hosted.start(page);
        for (const { name } of ways) {
          const logo = page.getByRole('button', { name: `Continue with ${name}`, exact: true }).locator('img');
          assert.ok(await logo.evaluate((image) => Number(Reflect.get(image, 'naturalWidth')) > 0), name);
        }
        await assertFits(page, async (colorScheme) => {
          if (pictures)
            await page.screenshot({ path: `${pictures}/social-${screen}-${colorScheme}.png`, fullPage: true });
        });
        assert.deepEqual(visitor.complaints, []);
      });

      for (const way of ways) it(`sign a user in through ${way.name} and store the identity`, () => signInThrough(way));
    });

  it('signs a user in through an Official Account inside WeChat', async () => {
    visitor = await openBrowser({
      ...phoneScreen,
      userAgent:
        'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47',
    });
    await providers.agreeIn(visitor);
    await signInThrough(officialAccount);
    await visitor.close();
  });
});
