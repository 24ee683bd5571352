import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { SAML } from '@node-saml/node-saml';
import { barriers } from '../support/accessibility.ts';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { createPartner } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const person = { username: 'ana_saml', password: goodPassword };
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** A portal that answers requests to sign out, or leaves the user on its page. */
interface Portal {
  url: string;
  answers: boolean;
  client: SAML;
  server: Server;
}

describe('A sign-out that goes through SAML applications, in a browser', () => {
  let server: TestServer;
  let operator: Operator;
  const portals: Portal[] = [];
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.call('POST', '/api/users', person);
    portals.push(await startPortal('Payroll'), await startPortal('Time & attendance'));
  });
  after(async () => {
    for (const { server: own } of portals) own.close();
    await server.close();
  });

  async function startPortal(name: string): Promise<Portal> {
    const partner = await createPartner(server.url, name.replaceAll(/\W/g, '').toLowerCase());
    const { privateKey, certificate } = partner.keys;
    const own = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      const fields = Object.fromEntries(new URLSearchParams(body));
      const page = (text: string) => {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(`<!doctype html><title>${text}</title><h1>${text}</h1>`);
      };
      if (request.url === '/acs') return page('Welcome');
      if (request.url !== '/logout' || !portal.answers) return page('This portal has a problem');
      const { profile } = await portal.client.validatePostRequestAsync(fields);
      if (!profile) return page('No profile');
      portal.client.getLogoutResponseUrl(profile, fields.RelayState ?? '', {}, true, (_error, url) =>
        response.writeHead(303, { location: url ?? '' }).end(),
      );
    });
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
    const { id } = await operator.call<{ id: string }>('POST', '/api/saml-applications', {
      name,
      entityId: partner.entityId,
      acsUrl: `${url}/acs`,
      requestCertificate: certificate,
      singleLogoutUrl: { binding: post, url: `${url}/logout` },
    });
    const client = await partner.connect(id, { privateKey, signatureAlgorithm: 'sha256', callbackUrl: `${url}/acs` });
    const portal: Portal = { url, answers: true, client, server: own };
    return portal;
  }
  const openPortals = async ({ page }: Visitor) => {
    for (const [place, { client, url }] of portals.entries()) {
      await page.goto(await client.getAuthorizeUrlAsync('', undefined, {}));
      if (place === 0) await signIn(page, person);
      await page.waitForURL(`${url}/acs`);
    }
  };
  const begin = async ({ page }: Visitor) => {
    await page.goto(`${server.url}/oidc/session/end`);
    await page.getByRole('button', { name: 'Sign out' }).click();
  };
  const signedOut = /\/oidc\/session\/end\/success/;

  it('visits each portal without a click, and ends at the page of the sign-out', async () => {
    const visitor = await openBrowser();
    try {
      await openPortals(visitor);
      await begin(visitor);
      await visitor.page.waitForURL(signedOut);
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
    }
  });

  it('works without scripts, by a button for each step', async () => {
    const visitor = await openBrowser({ ...phoneScreen, javaScriptEnabled: false, colorScheme: 'dark' });
    const { page } = visitor;
    const goOn = () => page.getByRole('button', { name: 'Continue' }).click();
    try {
      for (const [place, { client, url }] of portals.entries()) {
        await page.goto(await client.getAuthorizeUrlAsync('', undefined, {}));
        if (place === 0) await signIn(page, person);
        await page.getByText('If nothing happens, press the button.').waitFor();
        await goOn();
        await page.waitForURL(`${url}/acs`);
      }
      await begin(visitor);
      for (const _portal of portals) {
        await page.getByRole('heading', { name: 'Signing you out of' }).waitFor();
        await goOn();
        await page.getByText('If nothing happens, press the button.').waitFor();
        await goOn();
      }
      await page.waitForURL(signedOut);
    } finally {
      await visitor.close();
    }
  });

  for (const [name, options] of [
    ['on a phone', phoneScreen],
    ['on a dark desktop', { colorScheme: 'dark' as const }],
  ] as const)
    it(`lets a user go on whom a portal does not send back, ${name}`, async () => {
      for (const portal of portals) portal.answers = false;
      const visitor = await openBrowser(options);
      const { page } = visitor;
      try {
        await openPortals(visitor);
        await begin(visitor);
        for (const place of portals.keys()) {
          await page.getByRole('heading', { name: 'This portal has a problem' }).waitFor();
          // By the address bar or any link to the sign-out: the page of the portal is not ours.
          await page.goto(`${server.url}/oidc/session/end`);
          await page.getByRole('heading', { name: 'did not confirm the sign-out' }).waitFor();
          assert.deepEqual(await barriers(page), []);
          assert.equal(place < 2, true);
          await page.getByRole('button', { name: 'Continue' }).press('Enter');
        }
        await page.getByRole('heading', { name: 'You may still be signed in elsewhere' }).waitFor();
        assert.deepEqual((await page.getByRole('listitem').allTextContents()).sort(), ['Payroll', 'Time & attendance']);
        assert.deepEqual(await barriers(page), []);
      } finally {
        for (const portal of portals) portal.answers = true;
        await visitor.close();
      }
    });

  it('brings a user back by the back button', async () => {
    for (const portal of portals) portal.answers = false;
    const visitor = await openBrowser();
    const { page } = visitor;
    try {
      await openPortals(visitor);
      await begin(visitor);
      await page.getByRole('heading', { name: 'This portal has a problem' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: 'did not confirm the sign-out' }).waitFor();
    } finally {
      for (const portal of portals) portal.answers = true;
      await visitor.close();
    }
  });
});
