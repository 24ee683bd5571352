import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createAgent } from '../support/agent.ts';
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts';
import { createParty, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const event = 'http://schemas.openid.net/event/backchannel-logout';

describe('Back-channel logout', () => {
  let provider: Provider;
  let receiver: Receiver;
  let told: Party;
  let silent: Party;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());
  beforeEach(async () => {
    receiver = await startReceiver();
    const register = async (backchannelLogoutUri?: string) => {
      const oidcClientMetadata = {
        redirectUris: [redirectUri],
        backchannelLogoutUri,
        backchannelLogoutSessionRequired: backchannelLogoutUri !== undefined,
      };
      return createParty(provider, {
        id: (await provider.addClient({ type: 'SPA', oidcClientMetadata })).id,
        redirectUri,
      });
    };
    [told, silent] = [await register(receiver.url), await register()];
  });
  afterEach(() => receiver.close());

  const addUser = async () => (await provider.addUser()).id;
  const tokenOf = (request: Received) => new URLSearchParams(request.body).get('logout_token') ?? '';
  const verify = async (request: Received) =>
    jwtVerify(tokenOf(request), createRemoteJWKSet(new URL(`${provider.url}/oidc/jwks`)), {
      issuer: `${provider.url}/oidc`,
      audience: told.id,
      typ: 'logout+jwt',
    });
  const endOf = (userId: string, idToken: string) =>
    provider.oidc.sessions.end(provider.tenant, { userId, uid: String(decodeJwt(idToken).sid) });

  it('sends a logout token that follows the specification when a session ends', async () => {
    const userId = await addUser();
    const { id_token } = await told.tokens(userId);
    await endOf(userId, id_token);
    const request = await receiver.next();
    assert.equal(request.method, 'POST');
    assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    const { payload } = await verify(request);
    assert.deepEqual([payload.sub, payload.sid], [userId, decodeJwt(id_token).sid]);
    assert.deepEqual(payload.events, { [event]: {} });
    assert.equal(payload.nonce, undefined);
    assert.ok(payload.jti);
    assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 120);
  });

  it('sends logout tokens to exactly the applications that the user signed in to in that session', async () => {
    const userId = await addUser();
    const agent = createAgent();
    const { id_token } = await told.tokens(userId, {}, agent);
    await silent.tokens(userId, {}, agent);
    await told.tokens(userId, {}, agent);
    const elsewhere = await told.tokens(userId);
    await endOf(userId, id_token);
    await endOf(userId, elsewhere.id_token);
    const sids = [await receiver.next(), await receiver.next()].map((request) => decodeJwt(tokenOf(request)).sid);
    assert.deepEqual(sids.sort(), [decodeJwt(id_token).sid, decodeJwt(elsewhere.id_token).sid].sort());
    assert.equal(receiver.requests.length, 2);
  });

  it('sends logout tokens when the user signs out, when another user signs in, and when the user is suspended', async () => {
    const userId = await addUser();
    const agent = createAgent();
    const first = await told.tokens(userId, {}, agent);
    const page = await agent.fetch(`${provider.url}/oidc/session/end?client_id=${told.id}`);
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
    await agent.fetch(`${provider.url}/oidc/session/end/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    });
    assert.equal(decodeJwt(tokenOf(await receiver.next())).sid, decodeJwt(first.id_token).sid);

    const second = await told.tokens(userId, {}, agent);
    await told.authorize(agent, { prompt: 'login' });
    await agent.fetch(await finishSignIn(provider.url, agent, await addUser(), told.id));
    assert.equal(decodeJwt(tokenOf(await receiver.next())).sid, decodeJwt(second.id_token).sid);

    const third = await told.tokens(userId);
    await provider.tenant.db.transaction((tx) => provider.users.update(tx, userId, { isSuspended: true }));
    assert.equal(decodeJwt(tokenOf(await receiver.next())).sid, decodeJwt(third.id_token).sid);
  });

  it('retries a logout notification with a new token if the application does not answer', async () => {
    const userId = await addUser();
    const { id_token } = await told.tokens(userId);
    receiver.answerWith(503);
    await endOf(userId, id_token);
    const failed = await receiver.next();
    receiver.answerWith(200);
    const again = await receiver.next();
    const [before, after] = [decodeJwt(tokenOf(failed)), decodeJwt(tokenOf(again))];
    assert.equal(after.sid, before.sid);
    assert.notEqual(after.jti, before.jti);
  });

  // security: token-exchange
  it('rejects a logout token as an access token', async () => {
    const userId = await addUser();
    const { id_token } = await told.tokens(userId);
    await endOf(userId, id_token);
    const token = tokenOf(await receiver.next());
    const authorization = `Bearer ${token}`;
    assert.equal((await fetch(`${provider.url}/oidc/me`, { headers: { authorization } })).status, 401);
    const hint = await fetch(`${provider.url}/oidc/session/end?${new URLSearchParams({ id_token_hint: token })}`);
    assert.equal(hint.status, 400);
    const exchanger = await provider.addClient({ type: 'SPA', customClientMetadata: { allowTokenExchange: true } });
    const exchanged = await createParty(provider, { id: exchanger.id, redirectUri }).token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    assert.equal(exchanged.status, 400);
  });
});
