import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { eachScreen, openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type Company, startCompany } from '../support/company.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { startSamlCompany } from '../support/saml-company.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const email = 'ada@acme.example';

describe('Sign-in with a company in a browser', () => {
  let hosted: HostedSignIn;
  let acme: Company;
  let globex: Company;
  let visitor: Visitor;
  before(async () => {
    [acme, globex] = await Promise.all([startCompany(), startCompany({ name: 'globex' })]);
    hosted = await openHostedSignIn({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    const { operator } = hosted;
    acme.people.set('ada', { sub: 'ada', email, email_verified: true, name: 'Ada Acme' });
    globex.people.set('ada', { sub: 'ada-at-globex', email, email_verified: true, name: 'Ada Acme' });
    const connect = (connectorName: string, { config }: Company, domains: string[]) =>
      operator.call('POST', '/api/sso-connectors', { providerName: 'OIDC', connectorName, config, domains });
    await connect('Acme staff', acme, ['acme.example', 'one.example']);
    await connect('Globex partners and everyone who works with them', globex, ['acme.example']);
    await operator.configure({
      singleSignOnEnabled: true,
      signIn: {
        methods: ['username', 'email'].map((identifier) => ({
          identifier,
          password: true,
          verificationCode: false,
          isPasswordPrimary: true,
        })),
      },
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
  });
  after(async () => {
    await hosted?.close();
    await acme?.close();
    await globex?.close();
  });
  afterEach(() => visitor?.close());

  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      if (pictures) await page.screenshot({ path: `${pictures}/sso-${name}-${colorScheme}.png`, fullPage: true });
    });

  for (const javaScriptEnabled of [true, false])
    it(`leads from the first page to the company and back, ${javaScriptEnabled ? 'on a desktop' : 'on a phone with scripts off'}`, async () => {
      visitor = await openBrowser({ ...(javaScriptEnabled ? {} : phoneScreen), javaScriptEnabled });
      const { page, complaints } = visitor;
      await hosted.start(page);
      await page.getByRole('link', { name: 'Single sign-on' }).waitFor();
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByRole('heading', { name: 'Sign in with your company' }).waitFor();
      await page.getByLabel('Email').fill('eve@nowhere.example');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('Single sign-on is not set up for this email address').waitFor();
      assert.equal(await page.getByLabel('Email').inputValue(), 'eve@nowhere.example');
      await page.getByLabel('Email').fill(email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Choose a sign-in service' }).waitFor();
      await page.getByRole('button', { name: 'Continue with Acme staff' }).click();
      await page.getByRole('heading', { name: 'acme' }).waitFor();
      assert.equal(await page.getByLabel('Account').inputValue(), email, 'the login hint');
      await page.getByRole('button', { name: 'Continue' }).click();
      await hosted.arrives(page);
      const unexpected = complaints.filter((complaint) => !/status of 4(04|22)/.test(complaint));
      assert.deepEqual(unexpected, []);
    });

  for (const [screen, options] of eachScreen)
    it(`leads there from the password form, and back with the Back button, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await hosted.start(page);
      await look(page, `first-${screen}`);
      await page.getByLabel('Email or username').fill('ada@one.example');
      await page.getByLabel('Password', { exact: true }).fill('not the password of anyone');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'acme' }).waitFor();
      await page.goBack();
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await look(page, `email-${screen}`);
      await page.getByLabel('Email').fill(email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Choose a sign-in service' }).waitFor();
      await look(page, `choice-${screen}`);
      await page.getByRole('link', { name: 'Back to sign-in' }).click();
      await page.getByLabel('Password', { exact: true }).waitFor();
    });

  describe('when something is wrong', () => {
    const shows = async (page: Page, text: string) => {
      const alert = page.getByRole('alert');
      await alert.waitFor();
      assert.match((await alert.textContent()) ?? '', new RegExp(text));
    };
    const toProvider = async (page: Page) => {
      await hosted.start(page);
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByLabel('Email').fill('ada@one.example');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'acme' }).waitFor();
    };
    /** Back from the provider, with an answer that it did not give. */
    const comeBack = (page: Page, answer: Record<string, string>) => {
      const asked = acme.asked.at(-1) ?? assert.fail('nothing was asked');
      const query = new URLSearchParams({ state: asked.get('state') ?? '', iss: acme.issuer, ...answer });
      return page.goto(`${asked.get('redirect_uri')}?${query}`);
    };

    for (const [screen, options] of eachScreen)
      it(`says what happened and lets the user try again, on a ${screen}`, async () => {
        visitor = await openBrowser(options);
        const { page } = visitor;
        await toProvider(page);
        await comeBack(page, { error: 'access_denied' });
        await shows(page, 'Acme staff');
        await look(page, `denied-${screen}`);
        await toProvider(page);
        await comeBack(page, { code: 'not a code of the provider' });
        await shows(page, 'Acme staff');
        await look(page, `garbage-${screen}`);
        await toProvider(page);
        const [handle = ''] = acme.asked.at(-1)?.get('state')?.split('.') ?? [];
        await comeBack(page, { code: 'x', state: `${handle}.${'A'.repeat(43)}` });
        await page.getByText('This response does not belong to your sign-in').waitFor();
        await look(page, `foreign-${screen}`);
        await toProvider(page);
        acme.outage = 500;
        try {
          await comeBack(page, { code: 'x' });
          await shows(page, 'Acme staff');
        } finally {
          acme.outage = undefined;
        }
        await look(page, `down-${screen}`);
        // The page is where the user can choose another way, or the same again.
        await page.getByRole('link', { name: 'Single sign-on' }).click();
        await page.getByLabel('Email').fill('eve@nowhere.example');
        await page.getByRole('button', { name: 'Continue' }).click();
        await shows(page, 'Single sign-on is not set up');
        await look(page, `domain-${screen}`);
        await page.getByLabel('Email').fill('ada@one.example');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'acme' }).waitFor();
      });
  });

  for (const javaScriptEnabled of [true, false])
    it(`posts the request to a provider that takes forms alone, with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const company = await startSamlCompany();
      try {
        Object.assign(company, { takesFormsAlone: true, visitor: { nameId: `bo-${javaScriptEnabled}@saml.example` } });
        const { id } = await hosted.operator.call<{ id: string }>('POST', '/api/sso-connectors', {
          providerName: 'SAML',
          connectorName: 'By SAML',
          config: { metadataUrl: company.metadataUrl },
          domains: ['saml.example'],
        });
        visitor = await openBrowser({ ...phoneScreen, javaScriptEnabled });
        const { page, complaints } = visitor;
        await hosted.start(page);
        await page.getByRole('link', { name: 'Single sign-on' }).click();
        await page.getByLabel('Email').fill('bo@saml.example');
        await page.getByRole('button', { name: 'Continue' }).click();
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByRole('heading', { name: 'The company' }).waitFor();
        await page.getByRole('button', { name: 'Sign in there' }).click();
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
        await hosted.arrives(page);
        assert.deepEqual(complaints, []);
        await hosted.operator.call('DELETE', `/api/sso-connectors/${id}`);
      } finally {
        await company.close();
      }
    });

  for (const [screen, options] of eachScreen)
    it(`shows the address of the company in the account as one that the user cannot change, on a ${screen}`, async () => {
      await hosted.operator.call('PATCH', '/api/account-center', {
        enabled: true,
        fields: { email: 'Edit', name: 'Edit', social: 'Edit', password: 'Edit', phone: 'Edit' },
      });
      visitor = await openBrowser(options);
      const { page } = visitor;
      await page.goto(`${hosted.server.url}/account`);
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByLabel('Email').fill('ada@one.example');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Account').fill(email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Ada Acme' }).waitFor();
      await look(page, `account-${screen}`);
      await page.goto(`${hosted.server.url}/account/email`);
      await page.getByRole('main').getByText(email).first().waitFor();
      await look(page, `account-email-${screen}`);
      assert.equal(await page.getByRole('main').getByRole('textbox').count(), 0);
      await page.getByText('Your company manages this address').waitFor();
    });
});
