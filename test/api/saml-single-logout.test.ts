import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { Profile, SAML } from '@node-saml/node-saml';
import { createLogoutRequest, createLogoutResponse } from '../../server/src/services/saml/index.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { startReceiver } from '../support/receiver.ts';
import { createPartner, follow, formOf, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ada = { username: 'ada', password: 'correct horse battery 1' };
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** A service provider with an application of its own. */
interface Portal {
  id: string;
  partner: SamlPartner;
  client: SAML;
}

describe('Single logout of SAML applications', () => {
  let server: TestServer;
  let api: Manager;
  let payroll: Portal;
  let travel: Portal;
  let userId: string;
  let agent: Agent;
  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    userId = (await api.post('/api/users', ada)).body.id;
    payroll = await portal('payroll', redirect);
    travel = await portal('travel', post);
  });
  after(() => server.close());
  beforeEach(() => {
    agent = createAgent();
  });

  const portal = async (name: string, binding: string): Promise<Portal> => {
    const partner = await createPartner(server.url, name);
    const { body } = await api.post('/api/saml-applications', {
      name: `The ${name}`,
      entityId: partner.entityId,
      acsUrl: partner.acsUrl,
      requestCertificate: partner.keys.certificate,
      singleLogoutUrl: { binding, url: partner.logoutUrl },
    });
    const { privateKey } = partner.keys;
    const client = await partner.connect(body.id, { privateKey, signatureAlgorithm: 'sha256' });
    return { id: body.id, partner, client };
  };
  const signIn = async ({ client }: Portal): Promise<Profile> => {
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    return profileOf(client, await signInTo(server.url, { url }, { ...ada, agent }));
  };
  const isSignedIn = async () => {
    const url = await payroll.client.getAuthorizeUrlAsync('', undefined, {});
    return !(await follow(agent, url)).url.includes('/sign-in?');
  };
  const at = (path: string) => new URL(path, server.url).href;
  /** Signs out at the page of the server, as the account page and applications do; returns where that leads. */
  const signOut = async (query: Record<string, string> = {}): Promise<string> => {
    const page = await agent.fetch(at(`/oidc/session/end?${new URLSearchParams(query)}`));
    const html = await page.text();
    const [, xsrf = ''] = /name="xsrf" value="([^"]*)"/.exec(html) ?? [];
    const body = new URLSearchParams({ xsrf, logout: 'yes' });
    const answer = await agent.fetch(at('/oidc/session/end/confirm'), { method: 'POST', body });
    return answer.headers.get('location') ?? '';
  };
  /** The page between two applications: its text, and what its button leads to. */
  const pageAt = async (location: string) => {
    const answer = await agent.fetch(at(location));
    return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') };
  };
  const goOn = () => agent.fetch(at('/api/saml/sign-out'), { method: 'POST' });
  /** The request that a portal gets, read by its library. */
  const requestFor = async ({ client }: Portal, answer: Response) => {
    if (answer.status === 303) {
      const url = new URL(answer.headers.get('location') ?? '');
      const query = Object.fromEntries(url.searchParams);
      const { profile } = await client.validateRedirectAsync(query, url.search.slice(1));
      return {
        profile: profile as Profile & { ID: string },
        relayState: query.RelayState ?? '',
        action: url.origin + url.pathname,
      };
    }
    const { action, fields } = await formOf(answer);
    const { profile } = await client.validatePostRequestAsync(fields);
    return { profile: profile as Profile & { ID: string }, relayState: fields.RelayState ?? '', action };
  };
  /** The browser brings the portal's response back. */
  const respond = async (
    { client }: Portal,
    { profile, relayState }: { profile: Profile; relayState: string },
    success = true,
  ) => {
    const url = await new Promise<string>((resolve, reject) =>
      client.getLogoutResponseUrl(profile, relayState, {}, success, (error, address) =>
        error ? reject(error) : resolve(address ?? ''),
      ),
    );
    return agent.fetch(url);
  };
  const lastEntry = async (key: string) => (await api.get(`/api/logs?logKey=${key}&page_size=1`)).body[0]?.payload;

  it('asks every portal of the session in turn, and then leads where the sign-out was to lead', async () => {
    const names = [await signIn(payroll), await signIn(travel)];
    const byId = [payroll, travel].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.equal(await signOut(), '/api/saml/sign-out');
    assert.equal(await isSignedIn(), false, 'signed out here before any portal is asked');
    for (const one of byId) {
      const page = await pageAt('/api/saml/sign-out');
      assert.match(page.html, new RegExp(`Signing you out of The ${one === payroll ? 'payroll' : 'travel'}`));
      const request = await requestFor(one, await goOn());
      assert.equal(request.action, one.partner.logoutUrl);
      const known = names[one === payroll ? 0 : 1];
      assert.deepEqual(
        [request.profile.nameID, request.profile.sessionIndex],
        [known?.nameID, known?.sessionIndex],
        'the name and the session that the portal knows',
      );
      const back = await respond(one, request);
      assert.equal(back.headers.get('location'), '/api/saml/sign-out');
      const { result, userId: whose, applicationId } = await lastEntry('SamlApplication.LogoutResponse');
      assert.deepEqual([result, whose, applicationId], ['Success', userId, one.id]);
    }
    assert.equal((await pageAt('/api/saml/sign-out')).location, '/oidc/session/end/success');
  });

  it('lets the user go on without a portal that did not answer, and says where a session may remain', async () => {
    await signIn(payroll);
    await signIn(travel);
    await signOut();
    await goOn();
    const waiting = await pageAt('/api/saml/sign-out');
    assert.match(waiting.html, /did not confirm the sign-out/);
    assert.ok(!waiting.html.includes('leave'), 'the page does not send the user there again by itself');
    // The way back of a user who closed the page of the portal: any sign-out continues here.
    const again = await agent.fetch(at('/oidc/session/end'));
    assert.equal(again.headers.get('location'), '/api/saml/sign-out');
    const [silent, answering] = payroll.id < travel.id ? [payroll, travel] : [travel, payroll];
    const request = await requestFor(answering, await goOn());
    const entry = await lastEntry('SamlApplication.LogoutResponse');
    assert.deepEqual([entry.result, entry.applicationId], ['Error', silent.id]);
    await respond(answering, request);
    const end = await pageAt('/api/saml/sign-out');
    assert.match(end.html, /You may still be signed in elsewhere/);
    assert.match(end.html, new RegExp(`<li><strong>The ${silent === payroll ? 'payroll' : 'travel'}</strong></li>`));
    assert.equal(end.html.match(/<li>/g)?.length, 1);
  });

  it('names a portal that says that it did not end its session', async () => {
    await signIn(payroll);
    await signOut();
    await respond(payroll, await requestFor(payroll, await goOn()), false);
    assert.match((await pageAt('/api/saml/sign-out')).html, /<li><strong>The payroll<\/strong><\/li>/);
  });

  it('answers the portal that began after the others, with PartialLogout if one of them did not confirm', async () => {
    for (const confirms of [true, false]) {
      agent = createAgent();
      const profile = await signIn(payroll);
      await signIn(travel);
      const begun = await agent.fetch(await payroll.client.getLogoutUrlAsync(profile, 'bye', {}));
      assert.equal(begun.headers.get('location'), '/api/saml/sign-out');
      const request = await requestFor(travel, await goOn());
      await respond(travel, request, confirms);
      const end = confirms ? await agent.fetch(at('/api/saml/sign-out')) : await goOn();
      const url = new URL(end.headers.get('location') ?? '');
      assert.equal(url.origin + url.pathname, payroll.partner.logoutUrl);
      assert.equal(url.searchParams.get('RelayState'), 'bye');
      const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLResponse') ?? '', 'base64')).toString();
      assert.equal(xml.includes('status:PartialLogout'), !confirms);
      const { loggedOut } = await payroll.client.validateRedirectAsync(
        Object.fromEntries(url.searchParams),
        url.search.slice(1),
      );
      assert.equal(loggedOut, true);
    }
  });

  /** A request of the payroll portal. */
  const requestOf = (id: string, nameId: string, sessionIndex?: string) => {
    const made = createLogoutRequest({
      ...{ id, issuedAt: new Date(), issuer: payroll.partner.entityId, nameId, sessionIndex },
      destination: { url: at(`/api/saml/${payroll.id}/logout`), binding: redirect },
      signing: { ...payroll.partner.keys, algorithm: 'rsa-sha256' },
    });
    return 'redirectUrl' in made ? made.redirectUrl : '';
  };

  // security: saml-sign-out
  it('ends no session of a user whom the portal does not name, by its index or of the browser', async () => {
    const { sessionIndex } = await signIn(payroll);
    for (const index of [sessionIndex, undefined]) {
      const answer = await agent.fetch(requestOf(`_${index}`, 'someone-else', index));
      assert.match(answer.headers.get('location') ?? '', /SAMLResponse=/);
      assert.equal(await isSignedIn(), true);
    }
    const stranger = createAgent();
    await stranger.fetch(requestOf('_stranger', userId, 'another-session'));
    assert.equal(await isSignedIn(), true);
    await stranger.fetch(requestOf('_right', userId, sessionIndex));
    assert.equal(await isSignedIn(), false);
  });

  // security: saml-sign-out
  it('follows the request of a portal once, also in a session that begins afterwards', async () => {
    await signIn(payroll);
    const request = () => requestOf('_once', userId);
    const url = request();
    assert.match((await agent.fetch(url)).headers.get('location') ?? '', /SAMLResponse=/);
    assert.equal(await isSignedIn(), false);
    await signIn(payroll);
    assert.equal((await agent.fetch(url)).status, 400, 'the same message');
    assert.equal((await agent.fetch(request())).status, 400, 'another message with its ID');
    assert.match((await lastEntry('SamlApplication.Logout')).error, /already_answered/);
    assert.equal(await isSignedIn(), true);
  });

  it('answers at the address for responses, and asks at the one for requests', async () => {
    const responseUrl = `${payroll.partner.logoutUrl}/response`;
    const save = (more: object) =>
      api.patch(`/api/saml-applications/${payroll.id}`, {
        singleLogoutUrl: { binding: redirect, url: payroll.partner.logoutUrl, ...more },
      });
    assert.equal((await save({ responseUrl: 'javascript:alert(1)' })).status, 400);
    assert.deepEqual((await save({ responseUrl })).body.singleLogoutUrl?.responseUrl, responseUrl);
    const addressIn = (answer: Response) => (answer.headers.get('location') ?? '').split('?')[0];
    try {
      const alone = await agent.fetch(await payroll.client.getLogoutUrlAsync(await signIn(payroll), '', {}));
      assert.equal(addressIn(alone), responseUrl);
      const profile = await signIn(payroll);
      await signIn(travel);
      await agent.fetch(await payroll.client.getLogoutUrlAsync(profile, '', {}));
      await respond(travel, await requestFor(travel, await goOn()));
      assert.equal(addressIn(await agent.fetch(at('/api/saml/sign-out'))), responseUrl, 'after the others');
      await signIn(payroll);
      await signOut();
      assert.equal((await requestFor(payroll, await goOn())).action, payroll.partner.logoutUrl);
    } finally {
      await save({});
    }
  });

  it('notifies OpenID Connect applications with back-channel logout when a portal begins', async () => {
    const receiver = await startReceiver();
    try {
      const redirectUri = 'https://web.example.com/callback';
      const { body: web } = await api.post('/api/applications', {
        name: 'Web',
        type: 'Traditional',
        oidcClientMetadata: {
          redirectUris: [redirectUri],
          postLogoutRedirectUris: [],
          backchannelLogoutUri: receiver.url,
        },
      });
      const profile = await signIn(payroll);
      const query = new URLSearchParams({
        ...{ client_id: web.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'x' },
      });
      const authorized = await agent.fetch(at(`/oidc/auth?${query}`));
      assert.match(authorized.headers.get('location') ?? (await authorized.text()), /code=/);
      await agent.fetch(await payroll.client.getLogoutUrlAsync(profile, '', {}));
      assert.match((await receiver.next()).body, /^logout_token=/);
    } finally {
      await receiver.close();
    }
  });

  // security: saml-sign-out
  it('belongs to the browser that signed out, and trusts a response only by its signature and its request', async () => {
    await signIn(payroll);
    await signOut();
    const stranger = await createAgent().fetch(at('/api/saml/sign-out'));
    assert.equal(stranger.headers.get('location'), '/oidc/session/end/success', 'nothing is shown to another browser');
    const request = await requestFor(payroll, await goOn());
    const other = await createPartner(server.url, 'payroll');
    const forging = await other.connect(payroll.id, {
      privateKey: other.keys.privateKey,
      signatureAlgorithm: 'sha256',
    });
    await respond({ ...payroll, client: forging }, request);
    assert.match((await lastEntry('SamlApplication.LogoutResponse')).error, /signature_invalid/);
    assert.match((await pageAt('/api/saml/sign-out')).html, /<li><strong>The payroll<\/strong><\/li>/);

    // By a form of the portal, with which the browser sends no cookie.
    agent = createAgent();
    await signIn(travel);
    await signOut();
    const asked = await requestFor(travel, await goOn());
    const message = createLogoutResponse({
      ...{ id: '_forged', issuedAt: new Date(), issuer: travel.partner.entityId, inResponseTo: asked.profile.ID },
      destination: { url: at(`/api/saml/${travel.id}/logout`), binding: post },
      signing: { ...other.keys, algorithm: 'rsa-sha256' },
      relayState: asked.relayState,
    });
    assert.ok('form' in message);
    const body = new URLSearchParams(message.form.fields);
    const posted = await createAgent().fetch(message.form.action, { method: 'POST', body });
    assert.equal(posted.headers.get('location'), '/api/saml/sign-out', 'no dead end');
    assert.match((await pageAt('/api/saml/sign-out')).html, /<li><strong>The travel<\/strong><\/li>/);

    agent = createAgent();
    await signIn(payroll);
    await signOut();
    const second = await requestFor(payroll, await goOn());
    await respond(payroll, { ...second, profile: request.profile });
    assert.match((await lastEntry('SamlApplication.LogoutResponse')).error, /in_response_to_mismatch/);
    assert.match((await pageAt('/api/saml/sign-out')).html, /<li><strong>The payroll<\/strong><\/li>/);
  });

  it('does not ask portals of another session of the user, or portals that are deleted', async () => {
    const elsewhere = createAgent();
    const url = await travel.client.getAuthorizeUrlAsync('', undefined, {});
    await signInTo(server.url, { url }, { ...ada, agent: elsewhere });
    await signIn(payroll);
    const gone = await portal('gone', redirect);
    await signIn(gone);
    await api.delete(`/api/saml-applications/${gone.id}`);
    await signOut();
    await respond(payroll, await requestFor(payroll, await goOn()));
    assert.equal((await pageAt('/api/saml/sign-out')).location, '/oidc/session/end/success');
  });
});
