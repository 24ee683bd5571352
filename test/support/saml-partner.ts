import assert from 'node:assert/strict';
import { type Profile, SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { createSamlKeyPair, type SamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type Agent, createAgent, expectStatus } from './agent.ts';

/** A service provider of another vendor's library, and a browser that goes between it and the server. */
export interface SamlPartner {
  entityId: string;
  acsUrl: string;
  logoutUrl: string;
  /** Its key, for signed requests and encrypted assertions. */
  keys: SamlKeyPair;
  /** A client with the metadata of the application, as an administrator of the service would enter it. */
  connect: (applicationId: string, more?: Partial<SamlConfig>) => Promise<SAML>;
}

/** What a page that submits itself sends. */
export interface PostedForm {
  action: string;
  fields: Record<string, string>;
}

export async function createPartner(endpoint: string, name = 'partner'): Promise<SamlPartner> {
  const now = Date.now();
  const keys = await createSamlKeyPair(name, { notBefore: new Date(now - 1000), notAfter: new Date(now + 86_400_000) });
  const entityId = `https://${name}.example.com/metadata`;
  const acsUrl = `https://${name}.example.com/acs`;
  const logoutUrl = `https://${name}.example.com/logout`;
  return {
    entityId,
    acsUrl,
    logoutUrl,
    keys,
    async connect(applicationId, more = {}) {
      const metadata = await (await fetch(`${endpoint}/api/saml-applications/${applicationId}/metadata`)).text();
      const [, certificate = ''] = /<ds:X509Certificate>([^<]+)</.exec(metadata) ?? [];
      const [, idpIssuer = ''] = /entityID="([^"]+)"/.exec(metadata) ?? [];
      return new SAML({
        idpCert: certificate,
        idpIssuer,
        issuer: entityId,
        audience: entityId,
        callbackUrl: acsUrl,
        entryPoint: `${endpoint}/api/saml/${applicationId}/authn`,
        logoutUrl: `${endpoint}/api/saml/${applicationId}/logout`,
        logoutCallbackUrl: logoutUrl,
        identifierFormat: null,
        wantAssertionsSigned: true,
        validateInResponseTo: ValidateInResponseTo.always,
        ...more,
      });
    },
  };
}

/** The form of a page that submits itself; the answer must be one. */
export async function formOf(answer: Response): Promise<PostedForm> {
  const html = await (await expectStatus('the page with the form', [200], answer)).text();
  const plain = (text: string) =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  const [, action = ''] = /<form[^>]* action="([^"]*)"/.exec(html) ?? [];
  const inputs = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  assert.ok(inputs.length > 0, `no form in ${html.slice(0, 2000)}`);
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, plain(value)]));
  return { action: plain(action), fields };
}

/** Follows redirects within the server; stops at a page or at another site. */
export async function follow(
  agent: Agent,
  url: string,
  init?: RequestInit,
): Promise<{ answer: Response; url: string }> {
  let at = url;
  let answer = await agent.fetch(at, init);
  for (let step = 0; step < 10 && [302, 303].includes(answer.status); step += 1) {
    const next = new URL(answer.headers.get('location') ?? '', at);
    if (next.origin !== new URL(url).origin) break;
    at = next.href;
    answer = await agent.fetch(at);
  }
  return { answer, url: at };
}

/** Opens the address, signs in by password where the server asks for it, and returns the form for the partner. */
export async function signInTo(
  endpoint: string,
  { url, init }: { url: string; init?: RequestInit },
  { username, password, agent = createAgent() }: { username: string; password: string; agent?: Agent },
): Promise<PostedForm> {
  const { answer, url: at } = await follow(agent, url, init);
  if (!new URL(at).pathname.endsWith('/sign-in')) return formOf(answer);
  const call = async (method: string, path: string, body?: unknown) =>
    expectStatus(path, [200, 201, 204], await agent.json(method, `${endpoint}/api/experience${path}`, body));
  await call('PUT', '', { interactionEvent: 'SignIn' });
  const identifier = { type: 'username', value: username };
  const proof = await call('POST', '/verification/password', { identifier, password });
  await call('POST', '/identification', await proof.json());
  const { redirectTo } = await (await call('POST', '/submit')).json();
  return formOf((await follow(agent, redirectTo)).answer);
}

/** What the partner's library reads from the posted form; it throws for a response that it does not accept. */
export async function profileOf(client: SAML, form: PostedForm): Promise<Profile & Record<string, unknown>> {
  const { profile } = await client.validatePostResponseAsync(form.fields);
  assert.ok(profile);
  return profile as Profile & Record<string, unknown>;
}
