import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type Company, startCompany } from '../support/company.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { keyboardOf } from '../support/keyboard.ts';
import { type SamlCompany, startSamlCompany } from '../support/saml-company.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;

describe('Single sign-on of an organization in a browser', () => {
  let hosted: HostedSignIn;
  let acme: Company;
  let globex: SamlCompany;
  let visitor: Visitor;
  const dns = new Map<string, string[][]>();
  let number = 0;
  before(async () => {
    [acme, globex] = await Promise.all([startCompany(), startSamlCompany()]);
    hosted = await openHostedSignIn({
      world: { resolveTxt: async (name) => dns.get(name) ?? [] },
      environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' },
    });
    await hosted.operator.configure({
      singleSignOnEnabled: true,
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
    if (pictures) await mkdir(pictures, { recursive: true });
  });
  after(async () => {
    await hosted?.close();
    await acme?.close();
    await globex?.close();
  });
  afterEach(() => visitor?.close());

  /** An organization with a verified domain and a role, and the address of a link to its portal. */
  const prepare = async (locale = 'en') => {
    const { operator } = hosted;
    number += 1;
    const name = `Acme ${number}`;
    const { id } = await operator.call<{ id: string }>('POST', '/api/organizations', { name });
    const domain = `browser-${number}.example`;
    const at = `/api/organizations/${id}/domains`;
    const { record } = await operator.call<{ record: { name: string; value: string } }>('POST', at, { domain });
    dns.set(record.name, [[record.value]]);
    await operator.call('POST', `${at}/${domain}/verification`, { method: 'dns' });
    const role = `Engineer ${number}`;
    await operator.call('POST', '/api/organization-roles', { name: role });
    const { url } = await operator.call<{ url: string }>('POST', `/api/organizations/${id}/portal-links`, { locale });
    return { id, url, domain, role, name };
  };
  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      const path = join(pictures ?? '', `portal-sso-${name}-${colorScheme}.png`);
      if (pictures) await page.screenshot({ path, fullPage: true });
    });
  const enter = async (page: Page, url: string) => {
    await page.goto(url);
    await page.locator('button[type=submit]').click();
    await page.locator('a[href$="/portal/sso"]').click();
  };
  const hire = (domain: string) =>
    acme.people.set('ada', {
      ...{ sub: 'ada', email: `ada@${domain}`, email_verified: true, name: 'Ada Lovelace' },
      groups: ['engineers', 'everyone in the company'],
    });
  /** The way back from a test leads to the heading of what it found, which has the focus. */
  const found = (page: Page, name: string) => page.getByRole('heading', { name }).and(page.locator(':focus')).waitFor();
  /** Fills in the settings of the OpenID Connect provider; the page of the connection is open. */
  const fill = async (page: Page) => {
    await page.locator('#issuer').fill(acme.issuer);
    await page.locator('#clientId').fill(acme.config.clientId);
    await page.locator('#clientSecret').fill(acme.config.clientSecret);
  };

  for (const [name, screen, javaScriptEnabled] of [
    ['phone', phoneScreen, false],
    ['desktop', {}, true],
  ] as const)
    it(`connects OpenID Connect, tests it and switches it on, on a ${name} with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      visitor = await openBrowser({ ...screen, javaScriptEnabled });
      const { page } = visitor;
      const { id, url, domain, role, name: organization } = await prepare();
      hire(domain);
      await enter(page, url);
      await page.getByText('No identity provider is connected yet.').waitFor();
      await page.getByLabel('Identity provider').selectOption({ label: 'Okta' });
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: organization, level: 1 }).waitFor();
      await page.getByText('Create App Integration').waitFor();
      await fill(page);
      await page.locator('#issuer').fill(`${acme.issuer}/elsewhere`);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('No OpenID Connect provider answers at this issuer.').waitFor();
      await fill(page);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved.').waitFor();
      assert.equal(await page.locator('#clientSecret').inputValue(), '');
      await page.getByText('Run a successful test first.').waitFor();

      await page.getByRole('button', { name: 'Start the test' }).click();
      await page.getByRole('heading', { name: 'acme' }).waitFor();
      await page.getByLabel('Account').fill('ada');
      await page.getByRole('button', { name: 'Continue' }).click();
      await found(page, 'The test succeeded.');
      assert.equal(new URL(page.url()).pathname.startsWith('/portal/sso/'), true);
      assert.deepEqual(await hosted.operator.call('GET', `/api/organizations/${id}/users`), []);
      if (javaScriptEnabled) await look(page, `tested-${name}`);
      await page.getByRole('link', { name: 'Choose a role: engineers' }).click();
      await page.getByLabel(role).check();
      await page.getByRole('button', { name: 'Save role' }).click();
      await page.getByText('Saved.').waitFor();
      await page.getByRole('button', { name: 'Switch on' }).click();
      await page.getByText('Single sign-on is switched on.').waitFor();

      const employee = await openBrowser({ ...screen, javaScriptEnabled });
      try {
        await hosted.start(employee.page);
        await employee.page.getByRole('link', { name: 'Single sign-on' }).click();
        await employee.page.getByLabel('Email').fill(`ada@${domain}`);
        await employee.page.getByRole('button', { name: 'Continue' }).click();
        await employee.page.getByRole('heading', { name: 'acme' }).waitFor();
        await employee.page.getByRole('button', { name: 'Continue' }).click();
        await hosted.arrives(employee.page);
      } finally {
        await employee.close();
      }
      const members = await hosted.operator.call<{ primaryEmail: string; organizationRoles: { name: string }[] }[]>(
        'GET',
        `/api/organizations/${id}/users`,
      );
      assert.deepEqual(
        members.map(({ primaryEmail, organizationRoles }) => [
          primaryEmail,
          organizationRoles.map((each) => each.name),
        ]),
        [[`ada@${domain}`, [role]]],
      );
    });

  for (const [name, screen, javaScriptEnabled] of [
    ['phone', phoneScreen, true],
    ['desktop', {}, false],
  ] as const)
    it(`tests SAML and shows its attributes, on a ${name} with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      visitor = await openBrowser({ ...screen, javaScriptEnabled });
      const { page } = visitor;
      const { url, domain } = await prepare();
      const attributes = { displayName: ['Grace Globex'], groups: ['staff'] };
      globex.visitor = { nameId: `grace@${domain}`, attributes };
      await enter(page, url);
      await page.getByLabel('Identity provider').selectOption({ label: 'Microsoft Entra ID (SAML)' });
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('Basic SAML Configuration').waitFor();
      await page.getByLabel('Address of the metadata').fill(globex.metadataUrl);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('The certificate of your provider expires on').waitFor();
      await page.getByRole('button', { name: 'Start the test' }).click();
      await page.getByRole('button', { name: 'Sign in there' }).click();
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
      await found(page, 'The test succeeded.');
      await page.getByText('Grace Globex').first().waitFor();
      if (javaScriptEnabled) await look(page, `saml-${name}`);
      await page.getByRole('button', { name: 'Switch on' }).click();
      await page.getByText('Single sign-on is switched on.').waitFor();
    });

  for (const [name, screen, javaScriptEnabled] of [
    ['phone', phoneScreen, false],
    ['desktop', {}, true],
  ] as const)
    it(`takes pasted metadata of a provider that has only the form, on a ${name} with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      visitor = await openBrowser({ ...screen, javaScriptEnabled });
      const { page } = visitor;
      const { url, domain } = await prepare();
      Object.assign(globex, { takesFormsAlone: true, visitor: { nameId: `grace@${domain}` } });
      try {
        await enter(page, url);
        await page.getByLabel('Identity provider').selectOption({ label: 'Another provider with SAML 2.0' });
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.locator('summary', { hasText: 'metadata as XML' }).click();
        await page.locator('#metadata').fill('<html>the page, not the metadata</html>');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByText('The XML is not usable metadata of an identity provider.').waitFor();
        assert.equal(await page.locator('#metadata').inputValue(), '<html>the page, not the metadata</html>');
        await page.locator('#metadata').fill(globex.metadata());
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByText('Saved.').waitFor();
        await page.getByRole('button', { name: 'Start the test' }).click();
        // Without scripts, each of the two forms on the way has a button.
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByRole('button', { name: 'Sign in there' }).click();
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByText('The test succeeded.').waitFor();
        await page.getByRole('button', { name: 'Switch on' }).click();
        await page.getByText('Single sign-on is switched on.').waitFor();
      } finally {
        globex.takesFormsAlone = false;
      }
    });

  it('takes single values of a SAML provider, names a wrong one, and says why a test failed', async () => {
    visitor = await openBrowser(phoneScreen);
    const { page } = visitor;
    const { url, domain } = await prepare();
    const audience =
      '<saml:AudienceRestriction><saml:Audience>https://another.example</saml:Audience></saml:AudienceRestriction>';
    globex.visitor = { nameId: `grace@${domain}` };
    await enter(page, url);
    await page.getByLabel('Identity provider').selectOption({ label: 'Another provider with SAML 2.0' });
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('summary', { hasText: 'the single values' }).click();
    await page.locator('#entityId').fill(globex.entityId);
    await page.locator('#signInEndpoint').fill(globex.metadataUrl.replace('/metadata', '/sso'));
    await page.locator('#x509Certificate').fill('a certificate');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This is not a certificate.').waitFor();
    await page.locator('#x509Certificate').fill(globex.keys.certificate);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    const { answer } = globex;
    try {
      globex.answer = (request, person) => {
        const times = `NotBefore="${new Date(Date.now() - 60_000).toISOString()}" NotOnOrAfter="${new Date(Date.now() + 60_000).toISOString()}"`;
        return answer(request, person, { conditions: `<saml:Conditions ${times}>${audience}</saml:Conditions>` });
      };
      await page.getByRole('button', { name: 'Start the test' }).click();
      await page.getByRole('button', { name: 'Sign in there' }).click();
      await page.getByText('Enter our entity ID at your provider.').waitFor();
    } finally {
      globex.answer = answer;
    }
    await look(page, 'failed-phone');
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByRole('button', { name: 'Sign in there' }).click();
    await page.getByText('The test succeeded.').waitFor();
    // The refused form is the one with a wrong certificate.
    assert.deepEqual(
      visitor.complaints.filter((complaint) => !complaint.includes('status of 400')),
      [],
    );
  });

  it('works with the keyboard alone', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const { url, domain, name } = await prepare();
    hire(domain);
    const { press, type } = keyboardOf(page);
    await enter(page, url);
    await press(page.getByRole('button', { name: 'Continue' }));
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await type(page.locator('#issuer'), acme.issuer);
    await type(page.locator('#clientId'), acme.config.clientId);
    await type(page.locator('#clientSecret'), acme.config.clientSecret);
    await page.keyboard.press('Enter');
    await page.getByText('Saved.').waitFor();
    await press(page.getByRole('button', { name: 'Start the test' }));
    await page.getByRole('heading', { name: 'acme' }).waitFor();
    await type(page.getByLabel('Account'), 'ada');
    await page.keyboard.press('Enter');
    await page.getByText('The test succeeded.').waitFor();
    await press(page.getByRole('button', { name: 'Switch on' }));
    await page.getByText('Single sign-on is switched on.').waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  for (const [name, screen] of [
    ['phone', phoneScreen],
    ['desktop', {}],
  ] as const)
    it(`fits a ${name}, light and dark, in every language`, async () => {
      visitor = await openBrowser(screen);
      const { page } = visitor;
      for (const locale of ['en', 'es', 'zh-CN']) {
        const { url } = await prepare(locale);
        await enter(page, url);
        await look(page, `list-${name}-${locale}`);
        for (const provider of ['AzureAdOidc', 'SAML']) {
          await page.goto(`${hosted.server.url}/portal/sso`);
          await page.locator('#provider').selectOption(provider);
          await page.locator('button[type=submit]').click();
          await page.locator('#settings').waitFor();
          await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
          await look(page, `${provider}-${name}-${locale}`);
        }
        await page.locator('a[href$="/group"]').click();
        await look(page, `group-${name}-${locale}`);
      }
      assert.deepEqual(visitor.complaints, []);
    });
});
