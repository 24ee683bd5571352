import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../support/accessibility.ts';
import { authorization } from '../support/authorization.ts';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

async function colorOfMain(page: Page, url: string): Promise<unknown> {
  await page.goto(url);
  return page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor");
}

describe('Appearance of the hosted pages', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  let partnerId: string;
  const ana = { username: 'ana_look', password: goodPassword };

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(ana);
    await operator.call('PATCH', '/api/sign-in-exp', {
      color: { primaryColor: '#0a6e4e', darkPrimaryColor: '#5fd6ab', isDarkModeEnabled: true },
      termsOfUseUrl: 'https://example.com/terms',
    });
    ({ id: partnerId } = await operator.addApplication({
      type: 'Traditional',
      name: 'Partner',
      redirectUri: `${server.url}/demo-app`,
      isThirdParty: true,
    }));
  });
  after(() => server?.close());
  afterEach(() => visitor?.close());

  const request = (extra: Record<string, string> = {}, clientId = 'demo-app') =>
    authorization({ endpoint: server.url, clientId, redirectUri: `${server.url}/demo-app`, extra }).url;

  const pages: { name: string; open: (page: Page) => Promise<unknown> }[] = [
    { name: 'sign in', open: (page) => page.goto(request()) },
    { name: 'register', open: (page) => page.goto(request({ first_screen: 'register' })) },
    {
      name: 'a wrong password',
      async open(page) {
        await page.goto(request());
        await signIn(page, { ...ana, password: 'wrong' });
        await page.getByRole('alert').getByText(/wrong/).waitFor();
      },
    },
    {
      name: 'consent',
      async open(page) {
        await page.goto(request({}, partnerId));
        await signIn(page, ana);
        await page.getByRole('button', { name: 'Allow' }).waitFor();
      },
    },
    { name: 'an unknown session', open: (page) => page.goto(`${server.url}/sign-in`) },
    { name: 'an error', open: (page) => page.goto(request({ redirect_uri: 'https://example.com/' })) },
    { name: 'signing out', open: (page) => page.goto(`${server.url}/oidc/session/end`) },
    {
      name: 'the demo app',
      async open(page) {
        await page.goto(`${server.url}/demo-app`);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await signIn(page, ana);
        await page.getByRole('table').waitFor();
      },
    },
  ];

  for (const { name, open } of pages) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`passes axe: ${name}, ${colorScheme}`, async () => {
        visitor = await openBrowser({ colorScheme, viewport: { width: 390, height: 844 } });
        await open(visitor.page);
        assert.deepEqual(await barriers(visitor.page), []);
        const tooWide = await visitor.page.evaluate('document.documentElement.scrollWidth > innerWidth');
        assert.equal(tooWide, false, 'the page fits on a phone');
      });
    }
  }

  it('uses the tenant’s colors in the light and the dark scheme', async () => {
    const backgrounds = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      visitor = await openBrowser({ colorScheme });
      await visitor.page.goto(request());
      backgrounds.push(await visitor.page.evaluate('getComputedStyle(document.body).backgroundColor'));
      const color = await visitor.page.evaluate(
        "getComputedStyle(document.querySelector('button[type=submit]')).backgroundColor",
      );
      assert.equal(color, colorScheme === 'light' ? 'rgb(10, 110, 78)' : 'rgb(95, 214, 171)');
      if (colorScheme === 'light') await visitor.close();
    }
    assert.notEqual(backgrounds[0], backgrounds[1]);
  });

  it('applies operator CSS, which the policy allows and which does no harm if it is invalid', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text());
    });
    const bare = await colorOfMain(page, request());
    await operator.call('PATCH', '/api/sign-in-exp', { customCss: 'main { background: rgb(1, 2, 3) }' });
    assert.notEqual(bare, 'rgb(1, 2, 3)');
    assert.equal(await colorOfMain(page, request()), 'rgb(1, 2, 3)');
    await operator.call('PATCH', '/api/sign-in-exp', {
      customCss: '}} main { background: rgb(1, 2, 3) </style> {{{ @media',
    });
    assert.equal(await colorOfMain(page, request()), bare);
    await operator.call('PATCH', '/api/sign-in-exp', { customCss: null });
    assert.deepEqual(refused, []);
  });

  for (const [name, firstScreen, customCss] of [
    ['sign-in', 'sign_in'],
    ['registration', 'register'],
    ['sign-in', 'sign_in', 'main { border-radius: 0 }'],
  ] as const) {
    it(`loads the ${name} page${customCss ? ' in CSS of the operator' : ''} with at most 4 requests and 30 kB`, async (test) => {
      await operator.call('PATCH', '/api/sign-in-exp', { customCss: customCss ?? null });
      visitor = await openBrowser();
      const { page, context } = visitor;
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      const urls = new Map<string, string>();
      const sizes = new Map<string, number>();
      session.on('Network.requestWillBeSent', ({ requestId, request: sent }) => {
        if (sent.url.startsWith('http')) urls.set(requestId, sent.url);
      });
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
        sizes.set(requestId, encodedDataLength),
      );
      await page.goto(request({ first_screen: firstScreen }), { waitUntil: 'networkidle' });
      const weight = [...urls.keys()].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
      test.diagnostic(`${urls.size} requests, ${weight} bytes`);
      assert.ok(urls.size <= 4, `requests: ${[...urls.values()].join(', ')}`);
      assert.ok(weight > 0 && weight <= 30_000, `${weight} bytes`);
    });
  }
});
