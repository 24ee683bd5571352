import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Agent, createAgent } from '../support/agent.ts';
import { answerOf, createParty, type Extra, encode, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const afterwards = 'https://client.example.com/bye';

describe('RP-initiated logout', () => {
  let provider: Provider;
  let party: Party;
  let userId: string;
  let agent: Agent;
  let tokens: Tokens;
  before(async () => {
    provider = await startProvider();
    const client = await provider.addClient({
      type: 'Traditional',
      oidcClientMetadata: {
        redirectUris: [redirectUri],
        postLogoutRedirectUris: [afterwards, `${afterwards}?from=op`],
      },
    });
    party = createParty(provider, { id: client.id, redirectUri, secret: client.secret ?? '' });
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());
  beforeEach(async () => {
    agent = createAgent();
    tokens = await party.tokens(userId, {}, agent);
  });

  const begin = (parameters: Extra) => agent.fetch(`${provider.url}/oidc/session/end?${encode(parameters)}`);
  const formOf = async (page: Response) => {
    assert.equal(page.status, 200);
    const html = await page.text();
    const value = (name: string) => new RegExp(`<input[^>]* name="${name}" value="([^"]*)"`).exec(html)?.[1];
    assert.match(html, /id="op\.logoutForm"/);
    return { action: /action="([^"]*)"/.exec(html)?.[1] ?? '', xsrf: value('xsrf') ?? '', logout: value('logout') };
  };
  const confirm = async (page: Response, extra: Extra = { logout: 'yes' }) => {
    const { action, xsrf } = await formOf(page);
    return agent.fetch(`${provider.url}${action}`, { method: 'POST', body: encode({ xsrf, ...extra }) });
  };
  const isSignedIn = async () =>
    answerOf(await party.authorize(agent, { prompt: 'none' })).get('error') !== 'login_required';
  const userinfoStatus = async (token: string) =>
    (await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('signs the user out and redirects with hint, URI and state (oidcc-rp-initiated-logout)', async () => {
    const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: afterwards, state: 'xyz' };
    const page = await begin(parameters);
    const response = await confirm(page);
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), `${afterwards}?state=xyz`);
    assert.equal(await isSignedIn(), false);
  });

  it('accepts client_id instead of a hint, as SDKs send it, and submits the sign-out by itself', async () => {
    const page = await begin({ client_id: party.id, post_logout_redirect_uri: afterwards });
    const form = await formOf(page.clone());
    assert.equal(form.logout, 'yes');
    assert.equal((await confirm(page)).headers.get('location'), afterwards);
    assert.equal(await isSignedIn(), false);
  });

  describe('Sign-out that the user did not ask for', () => {
    const asks = async (page: Response) => (await formOf(page)).logout === undefined;
    const otherParty = async () => {
      const { id, secret } = await provider.addClient({
        type: 'Traditional',
        oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [afterwards] },
      });
      return createParty(provider, { id, redirectUri, secret: secret ?? '' });
    };

    // security: forced-sign-out
    it('asks for confirmation if the hint is the ID token of another user', async () => {
      const stranger = await provider.addUser({});
      const { id_token: hint } = await party.tokens(stranger.id);
      const page = await begin({ id_token_hint: hint, post_logout_redirect_uri: afterwards });
      assert.equal(await asks(page.clone()), true);
      assert.equal((await confirm(page, {})).headers.get('location'), afterwards);
      assert.equal(await isSignedIn(), true, 'the user may stay');
    });

    // security: forced-sign-out
    it('asks for confirmation if the user did not sign in to the application of client_id in this session', async () => {
      const other = await otherParty();
      assert.equal(await asks(await begin({ client_id: other.id, post_logout_redirect_uri: afterwards })), true);
      assert.equal(await asks(await begin({ client_id: 'demo-app' })), true);
      await other.tokens(userId, {}, agent);
      assert.equal(await asks(await begin({ client_id: other.id, post_logout_redirect_uri: afterwards })), false);
    });

    // security: forced-sign-out
    it('signs out without a question after the application revoked its refresh token, as SDKs do first', async () => {
      await party.post('/oidc/token/revocation', { token: tokens.refresh_token ?? '' });
      assert.equal(await asks(await begin({ client_id: party.id, post_logout_redirect_uri: afterwards })), false);
    });

    it('signs out without a question if no user is signed in', async () => {
      agent = createAgent();
      const page = await begin({ client_id: party.id, post_logout_redirect_uri: afterwards });
      assert.equal((await confirm(page)).headers.get('location'), afterwards);
    });
  });

  it('redirects a cross-site form POST, which has no cookie, to a GET that has it', async () => {
    const body = encode({ client_id: party.id, post_logout_redirect_uri: afterwards, state: 'a b&c' });
    const answer = await fetch(`${provider.url}/oidc/session/end`, { method: 'POST', redirect: 'manual', body });
    assert.equal(answer.status, 303);
    const page = await agent.fetch(`${provider.url}${answer.headers.get('location')}`);
    const confirmed = await confirm(page);
    assert.equal(confirmed.headers.get('location'), `${afterwards}?state=a+b%26c`);
    assert.equal(await isSignedIn(), false);
  });

  // security: forced-sign-out
  it('keeps the cookie in the browser if a cross-site form was created for a browser without a session', async () => {
    const page = await createAgent().fetch(`${provider.url}/oidc/session/end?${encode({ client_id: party.id })}`);
    const { xsrf } = await formOf(page);
    const forged = await fetch(`${provider.url}/oidc/session/end/confirm`, {
      method: 'POST',
      redirect: 'manual',
      body: encode({ xsrf, logout: 'yes' }),
    });
    assert.deepEqual(forged.headers.getSetCookie(), []);
  });

  it('accepts a sign-out as a form POST', async () => {
    const body = encode({ client_id: party.id, post_logout_redirect_uri: afterwards });
    const page = await agent.fetch(`${provider.url}/oidc/session/end`, { method: 'POST', body });
    assert.equal((await confirm(page)).headers.get('location'), afterwards);
  });

  it('keeps the registered query of the post sign-out redirect URI', async () => {
    const page = await begin({ client_id: party.id, post_logout_redirect_uri: `${afterwards}?from=op`, state: '1' });
    assert.equal((await confirm(page)).headers.get('location'), `${afterwards}?from=op&state=1`);
  });

  it('asks the user, who may stay signed in, if sign-out has no parameters (oidcc-rp-initiated-logout-no-params)', async () => {
    const page = await begin({});
    assert.equal((await formOf(page.clone())).logout, undefined);
    const stay = await confirm(page, {});
    assert.match(stay.headers.get('location') ?? '', /\/oidc\/session\/end\/success$/);
    assert.equal(await isSignedIn(), true);
  });

  it('ends on a confirmation page without a URI (oidcc-rp-initiated-logout-no-post-logout-redirect-uri)', async () => {
    const response = await confirm(await begin({ id_token_hint: tokens.id_token }));
    const success = await agent.fetch(`${provider.url}${response.headers.get('location')}`);
    assert.equal(success.status, 200);
    assert.match(await success.text(), /Test app/);
  });

  for (const [module, parameters] of [
    [
      'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
      () => ({ client_id: party.id, post_logout_redirect_uri: 'https://evil.example.com/' }),
    ],
    [
      'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
      () => ({ client_id: party.id, post_logout_redirect_uri: `${afterwards}?x=1` }),
    ],
    [
      'oidcc-rp-initiated-logout-bad-id-token-hint',
      () => ({ id_token_hint: 'a.b.c', post_logout_redirect_uri: afterwards }),
    ],
    [
      'oidcc-rp-initiated-logout-modified-id-token-hint',
      () => ({ id_token_hint: `${tokens.id_token.slice(0, -8)}AAAAAAAA` }),
    ],
    ['a hint of another client', () => ({ id_token_hint: tokens.id_token, client_id: 'demo-app' })],
    ['an unknown client', () => ({ client_id: 'nobody' })],
    ['an access token as hint', () => ({ id_token_hint: tokens.access_token })],
  ] as const) {
    it(`shows an error page and keeps the session: ${module}`, async () => {
      const page = await begin(parameters());
      assert.equal(page.status, 400);
      assert.equal(page.headers.get('location'), null);
      assert.equal(await isSignedIn(), true);
    });
  }

  it('asks the user and does not redirect without a hint or client (oidcc-rp-initiated-logout-no-id-token-hint)', async () => {
    const page = await begin({ post_logout_redirect_uri: afterwards, state: 'x' });
    assert.equal((await formOf(page.clone())).logout, undefined);
    assert.match((await confirm(page)).headers.get('location') ?? '', /\/oidc\/session\/end\/success$/);
    assert.equal(await isSignedIn(), false);
  });

  it('accepts an expired hint to identify the application', async () => {
    provider.clock.advance(7200_000);
    assert.equal((await begin({ id_token_hint: tokens.id_token })).status, 200);
  });

  it('accepts the sign-out confirmation for one hour, in the browser that received it', async () => {
    const { xsrf } = await formOf(await begin({ client_id: party.id }));
    const stranger = createAgent();
    await party.tokens(userId, {}, stranger);
    const action = `${provider.url}/oidc/session/end/confirm`;
    const foreign = await stranger.fetch(action, { method: 'POST', body: encode({ xsrf, logout: 'yes' }) });
    assert.equal(foreign.status, 400);
    const forged = await agent.fetch(action, { method: 'POST', body: encode({ xsrf: `${xsrf}x`, logout: 'yes' }) });
    assert.equal(forged.status, 400);
    provider.clock.advance(3_600_001);
    const late = await agent.fetch(action, { method: 'POST', body: encode({ xsrf, logout: 'yes' }) });
    assert.equal(late.status, 400);
  });

  it('ends tokens without offline_access with the session, and keeps tokens with it valid', async () => {
    const { access_token: bound } = await party.tokens(userId, { scope: 'openid' }, agent);
    await confirm(await begin({ client_id: party.id }));
    assert.equal(await userinfoStatus(bound), 401);
    assert.equal(await userinfoStatus(tokens.access_token), 200);
    assert.equal((await party.refresh(tokens.refresh_token ?? '')).status, 200);
  });

  it('ends a refresh token that was issued without offline_access with the session', async () => {
    const { id, secret } = await provider.addClient({
      type: 'Traditional',
      oidcClientMetadata: { redirectUris: [redirectUri] },
      customClientMetadata: { alwaysIssueRefreshToken: true },
    });
    const always = createParty(provider, { id, redirectUri, secret: secret ?? '' });
    const { refresh_token: token } = await always.tokens(userId, { scope: 'openid' }, agent);
    assert.equal((await always.refresh(token ?? '')).status, 200);
    await confirm(await begin({ client_id: id }));
    assert.equal((await always.refresh(token ?? '')).status, 400);
  });
});
