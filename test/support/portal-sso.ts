/** Single sign-on in the portal of an organization: what its tests share. */
import assert from 'node:assert/strict';
import { type Company, startCompany } from './company.ts';
import { type Manager, manage } from './management.ts';
import { openPortal, type PortalVisitor } from './portal.ts';
import type { SamlCompany, SamlPerson } from './saml-company.ts';
import { organizationWith } from './scim.ts';
import { startServer, type TestServer } from './server.ts';

let number = 0;

/** A server whose organizations set up single sign-on, and the provider of a company that it reaches. */
export async function startSsoPortal() {
  const acme = await startCompany();
  const server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  const operator = await manage(server);
  await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
  const close = async () => {
    await server.close();
    await acme.close();
  };
  return { server, operator, acme, close };
}

/** An organization with a verified domain, and a browser in its portal. */
export async function newSsoOrganization(server: TestServer, operator: Manager, draft: object = {}) {
  number += 1;
  const domain = `sso-${number}.example`;
  const id: string = await organizationWith(server, operator, `Company ${number}`, domain);
  const path = `/api/organizations/${id}`;
  return { id, path, domain, name: `Company ${number}`, portal: await openPortal(server.url, operator, path, draft) };
}

/** Adds a connection; returns its id. */
export async function addConnection({ post }: Pick<PortalVisitor, 'post'>, provider: string): Promise<string> {
  const answer = await post('/sso', { provider });
  assert.equal(answer.status, 303, await answer.clone().text());
  return /\/portal\/sso\/(\w+)$/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
}

export const oidcFields = ({ config }: Company, more: object = {}): Record<string, string> => ({
  name: 'Acme',
  ...config,
  ...more,
});

/** Starts a test and signs in at the provider; returns the address that the provider leads back to. */
export async function visitCompany({ post }: PortalVisitor, id: string, company: Company, subject: string) {
  const begun = await post(`/sso/${id}/test`);
  assert.equal(begun.status, 303, await begun.clone().text());
  return company.signIn(begun.headers.get('location') ?? '', subject);
}

/** Brings an answer back, as the browser of the visitor does: through the callback, to the portal. */
export async function bringBack({ agent }: Pick<PortalVisitor, 'agent'>, back: URL): Promise<Response> {
  const relayed = await agent.fetch(back.href, { headers: { accept: 'text/html' } });
  assert.equal(relayed.status, 303, await relayed.clone().text());
  return agent.fetch(new URL(relayed.headers.get('location') ?? '', back).href, { headers: { accept: 'text/html' } });
}

/** A whole test by OpenID Connect. Returns the page with its finding. */
export async function runTest(portal: PortalVisitor, id: string, company: Company, subject: string): Promise<string> {
  const answered = await bringBack(portal, await visitCompany(portal, id, company, subject));
  assert.equal(answered.status, 303, await answered.clone().text());
  return (await portal.get(`/sso/${id}`)).text();
}

const unescaped = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&#43;', '+').replaceAll('&amp;', '&');

/** The form that hands a SAML answer on, and where it goes. */
export async function relayedForm({ acsUrl, fields }: ReturnType<SamlCompany['answer']>) {
  const posted = await fetch(acsUrl, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  const html = await posted.text();
  assert.equal(posted.status, 200, html);
  const sent = [...html.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)];
  return {
    action: /action="\/portal([^"]*)"/.exec(html)?.[1] ?? '',
    fields: Object.fromEntries(sent.map(([, name = '', value = '']) => [name, unescaped(value)])),
  };
}

/** A whole test by SAML. Returns the page with its finding. */
export async function runSamlTest(
  portal: PortalVisitor,
  id: string,
  { company, person, changed = {} }: { company: SamlCompany; person: SamlPerson; changed?: object },
): Promise<string> {
  const begun = await portal.post(`/sso/${id}/test`);
  assert.equal(begun.status, 303, await begun.clone().text());
  const { action, fields } = await relayedForm(company.answer(begun.headers.get('location') ?? '', person, changed));
  const answered = await portal.post(action, fields);
  assert.equal(answered.status, 303, await answered.clone().text());
  return (await portal.get(`/sso/${id}`)).text();
}
