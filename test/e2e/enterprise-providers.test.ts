import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type Company, startCompany } from '../support/company.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { connectPysaml2Company, type Pysaml2Company } from '../support/pysaml2-company.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const email = 'ada@acme.example';
const environment = { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1,localhost' };
type Screen = 'phone' | 'desktop';
const screens: readonly Screen[] = ['phone', 'desktop'];
const sizeOf = (screen: Screen): BrowserContextOptions => (screen === 'phone' ? phoneScreen : {});

describe('Enterprise providers of other vendors, in a browser', () => {
  let hosted: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    hosted = await openHostedSignIn({ environment });
    await hosted.operator.configure({ singleSignOnEnabled: true });
  });
  after(() => hosted?.close());
  afterEach(() => visitor?.close());

  const call: HostedSignIn['operator']['call'] = (method, path, body) => hosted.operator.call(method, path, body);
  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    visitor = await openBrowser(options);
    return visitor.page;
  };
  const look = (name: string) =>
    assertFits(visitor.page, async (colorScheme) => {
      const path = `${pictures}/enterprise-${name}-${colorScheme}.png`;
      if (pictures) await visitor.page.screenshot({ path, fullPage: true });
    });
  type User = { id: string; name: string; primaryEmail: string; avatar: string | null };
  const onlyUser = async (): Promise<User> => {
    const [user, ...others] = await call<User[]>('GET', '/api/users?page_size=100');
    assert.deepEqual(others, []);
    return user ?? assert.fail('no user was created');
  };
  const sessionsOf = async (userId: string) =>
    (await call<{ sessions: unknown[] }>('GET', `/api/users/${userId}/sessions`)).sessions.length;
  /** From our first page to the provider. */
  const leave = async (page: Page) => {
    await hosted.start(page);
    await page.getByRole('link', { name: 'Single sign-on' }).click();
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  /** The session has ended: the same browser is asked again. */
  const isAskedAgain = async (page: Page) => {
    await hosted.start(page);
    await page.getByRole('link', { name: 'Single sign-on' }).waitFor();
  };

  describe('pysaml2', () => {
    let acme: Pysaml2Company;
    let portal: Landing;
    before(async () => {
      acme = await connectPysaml2Company(hosted.operator);
      portal = await startLanding();
      const application = { type: 'Traditional', redirectUri: `${portal.url}/callback` } as const;
      const { id: defaultApplicationId } = await hosted.operator.addApplication(application);
      const initiated = { defaultApplicationId, autoSendAuthorizationRequest: true };
      await call('PUT', `/api/sso-connectors/${acme.connectorId}/idp-initiated-auth-config`, initiated);
    });
    after(async () => {
      // Programs first: one that is left running keeps the test run from ending.
      portal?.close();
      await acme?.close();
      if (acme) await call('DELETE', `/api/sso-connectors/${acme.connectorId}`);
      await hosted.operator.deleteUsers();
    });

    for (const screen of screens)
      it(`signs its user in with a signed request and an encrypted assertion, on a ${screen}`, async () => {
        const page = await open(sizeOf(screen));
        const [asked, answered] = [
          page.waitForRequest((request) => request.url().startsWith(`${acme.program.url}/sso?`)),
          page.waitForRequest((request) =>
            request.url().endsWith(`/api/authn/single-sign-on/saml/${acme.connectorId}`),
          ),
        ];
        await leave(page);
        assert.match((await asked).url(), /&SigAlg=.*rsa-sha256.*&Signature=/);
        const field = new URLSearchParams((await answered).postData() ?? '').get('SAMLResponse') ?? '';
        const xml = Buffer.from(field, 'base64').toString();
        assert.ok(xml.includes('EncryptedAssertion') && !xml.includes(email), xml);
        await hosted.arrives(page);
        const { name, primaryEmail } = await onlyUser();
        assert.deepEqual([name, primaryEmail], ['Ada “Ñ” & Co', email]);
        assert.deepEqual(visitor.complaints, []);
      });

    for (const screen of screens)
      it(`leads back by a button if the page cannot send itself, on a ${screen}`, async () => {
        const page = await open(sizeOf(screen));
        await page.route(/submit[\w.-]*\.js/, (route) => route.abort());
        await leave(page);
        await page.getByRole('button', { name: 'Continue' }).waitFor();
        await look(`back-${screen}`);
        await page.getByRole('button', { name: 'Continue' }).click();
        await hosted.arrives(page);
      });

    for (const screen of screens)
      it(`says that the company refused its user, on a ${screen}`, async () => {
        const page = await open(sizeOf(screen));
        await page.goto(`${acme.program.url}/refuse`);
        await leave(page);
        await page.getByRole('alert').waitFor();
        await look(`refused-${screen}`);
        await page.getByRole('link', { name: 'Single sign-on' }).waitFor();
      });

    it('starts at the company’s portal', async () => {
      const page = await open();
      await page.goto(`${acme.program.url}/portal`);
      assert.ok((await arrivalAt(page, `${portal.url}/callback`)).searchParams.get('code'));
      assert.equal((await onlyUser()).primaryEmail, email);
    });

    // security: enterprise-logout
    it('signs its user out, and the company gets the answer', async () => {
      const page = await open();
      await leave(page);
      await hosted.arrives(page);
      await page.goto(`${acme.program.url}/sign-out`);
      await page.getByText('signed out', { exact: true }).waitFor();
      assert.equal(await sessionsOf((await onlyUser()).id), 0);
      await isAskedAgain(page);
    });
  });

  describe('oidc-provider', () => {
    let acme: Company;
    let connectorId: string;
    let organizationId: string;
    before(async () => {
      acme = await startCompany();
      const picture = 'https://acme.example/ada.png';
      acme.people.set('ada', {
        ...{ sub: 'ada', email, email_verified: true, name: 'Ada Acme', picture, groups: ['engineers'] },
      });
      organizationId = (await call<{ id: string }>('POST', '/api/organizations', { name: 'Acme' })).id;
      const engineer = await call<{ id: string }>('POST', '/api/organization-roles', {
        name: 'engineer',
        type: 'User',
      });
      const mapping = { attribute: 'groups', value: 'engineers', organizationId, organizationRoleIds: [engineer.id] };
      const draft = { providerName: 'OIDC', connectorName: 'Acme', domains: ['acme.example'], config: acme.config };
      const more = { syncProfile: true, roleMappings: [mapping] };
      connectorId = (await call<{ id: string }>('POST', '/api/sso-connectors', { ...draft, ...more })).id;
      const logout = `/api/authn/single-sign-on/oidc/${connectorId}/backchannel-logout`;
      acme.tellLogoutsTo(`${hosted.server.url}${logout}`);
    });
    after(async () => {
      await acme?.close();
      await call('DELETE', `/api/sso-connectors/${connectorId}`);
      await hosted.operator.deleteUsers();
    });
    const signIn = async (page: Page) => {
      await leave(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await hosted.arrives(page);
    };

    for (const screen of screens)
      it(`signs its user in and tells name, picture and groups, on a ${screen}`, async () => {
        await signIn(await open(sizeOf(screen)));
        const user = await onlyUser();
        assert.deepEqual(
          [user.name, user.primaryEmail, user.avatar],
          ['Ada Acme', email, 'https://acme.example/ada.png'],
        );
        type Joined = { id: string; organizationRoles: { name: string }[] }[];
        const [organization] = await call<Joined>('GET', `/api/users/${user.id}/organizations`);
        assert.equal(organization?.id, organizationId);
        assert.deepEqual(
          organization.organizationRoles.map(({ name }) => name),
          ['engineer'],
        );
        const path = `/api/users/${user.id}/sso-identities/${connectorId}`;
        const { ssoIdentity } = await call<{ ssoIdentity: { issuer: string; identityId: string } }>('GET', path);
        assert.deepEqual([ssoIdentity.issuer, ssoIdentity.identityId], [acme.issuer, 'ada']);
      });

    // security: enterprise-logout
    it('signs its user out, which ends the session here', async () => {
      const page = await open();
      await signIn(page);
      const { id } = await onlyUser();
      assert.ok((await sessionsOf(id)) > 0);
      await page.goto(acme.signOutUrl);
      await page.getByRole('button', { name: /sign me out/ }).click();
      await page.waitForURL(/session\/end\/success/);
      assert.equal(await sessionsOf(id), 0);
      await isAskedAgain(page);
    });
  });
});
