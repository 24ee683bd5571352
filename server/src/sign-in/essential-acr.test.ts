import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type Agent, createAgent, experienceClient, type Tokens } from '../../../test/support/agent.ts';
import { type Authorization, authorization } from '../../../test/support/authorization.ts';
import { experienceOf } from '../../../test/support/experience-page.ts';
import { type FactorWorld, openFactorWorld, password } from '../../../test/support/second-factors.ts';

const [oneFactor, twoFactors] = ['urn:aldaba:acr:1fa', 'urn:aldaba:acr:2fa'] as const;

describe('an application that insists on an acr', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
    await world.configure({ mfa: { factors: ['Totp'], policy: 'NoPrompt' } });
  });
  after(() => world?.close());

  const insisting = (...values: string[]): Authorization =>
    authorization({
      endpoint: world.server.url,
      extra: { claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }) },
    });
  /**
   * Sends the browser to the authorization endpoint: back at the application there is an answer, at the sign-in page
   * none.
   */
  const ask = async (agent: Agent, { url, redirectUri }: Authorization): Promise<URLSearchParams | undefined> => {
    const answer = await agent.fetch(url);
    const location = new URL(answer.headers.get('location') ?? '', world.server.url);
    if (location.href.startsWith(redirectUri)) return location.searchParams;
    assert.equal(location.pathname, '/sign-in');
    return undefined;
  };
  const redeem = (answer: URLSearchParams | undefined, request: Authorization): Promise<Tokens> =>
    experienceClient(world.server.url).redeem({ code: answer?.get('code') ?? '', request });
  const acrOf = async (answer: URLSearchParams | undefined, request: Authorization): Promise<unknown> =>
    decodeJwt((await redeem(answer, request)).id_token).acr;
  /** Signs in on the page that the request led to, with a code of the authenticator app if `secret` is given. */
  const signIn = async (agent: Agent, username: string, secret?: string): Promise<URLSearchParams> => {
    const page = experienceOf(world.server, agent);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const identifier = { type: 'username', value: username };
    const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password });
    await page.expect(204, 'POST', '/identification', proof);
    if (secret !== undefined) {
      await page.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', '/submit');
      await page.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    }
    const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
    return (await page.follow(redirectTo)).searchParams;
  };
  /** A browser whose session has shown the password only; the account has got an authenticator app since. */
  const weakSession = async () => {
    const [agent, person] = [createAgent(), await world.addPerson()];
    const request = authorization({ endpoint: world.server.url });
    await agent.fetch(request.url);
    assert.equal(await acrOf(await signIn(agent, person.username), request), oneFactor);
    return { agent, person, secret: await world.giveTotp(person) };
  };

  it('of two factors gets a session with one to the second factor, and the acr of two from then on', async () => {
    const { agent, person, secret } = await weakSession();
    const request = insisting(twoFactors);
    assert.equal(await ask(agent, request), undefined);
    const tokens = await redeem(await signIn(agent, person.username, secret), request);
    assert.equal(decodeJwt(tokens.id_token).acr, twoFactors);
    const fresh = await experienceClient(world.server.url).refresh(tokens.refresh_token);
    assert.equal(decodeJwt(fresh.id_token).acr, twoFactors);
    // The session is strong enough now: the next request is answered without a question.
    const again = insisting(twoFactors);
    assert.equal(await acrOf(await ask(agent, again), again), twoFactors);
  });

  it('of two factors overrides the user’s wish not to be asked for the second factor', async () => {
    const [agent, person] = [createAgent(), await world.addPerson()];
    const secret = await world.giveTotp(person);
    const wish = { mfa: { skipMfaOnSignIn: true } };
    await world.operator.call('PATCH', `/api/users/${person.id}/logto-configs`, wish);
    const usual = authorization({ endpoint: world.server.url });
    await agent.fetch(usual.url);
    assert.equal(await acrOf(await signIn(agent, person.username), usual), oneFactor);
    const request = insisting(twoFactors);
    assert.equal(await ask(agent, request), undefined);
    assert.equal(await acrOf(await signIn(agent, person.username, secret), request), twoFactors);
  });

  it('of two factors is answered with an error when the account has one only', async () => {
    const [agent, person] = [createAgent(), await world.addPerson()];
    assert.equal(await ask(agent, insisting(twoFactors)), undefined);
    const answer = await signIn(agent, person.username);
    assert.equal(answer.get('error'), 'unmet_authentication_requirements');
    assert.equal(answer.get('code'), null);
  });

  it('of one factor is satisfied by a session with two, and gets the value that it asked for', async () => {
    const { agent, person, secret } = await weakSession();
    const strong = insisting(twoFactors);
    assert.equal(await ask(agent, strong), undefined);
    await signIn(agent, person.username, secret);
    const weak = insisting(oneFactor);
    const tokens = await redeem(await ask(agent, weak), weak);
    assert.equal(decodeJwt(tokens.id_token).acr, oneFactor);
    const fresh = await experienceClient(world.server.url).refresh(tokens.refresh_token);
    assert.equal(decodeJwt(fresh.id_token).acr, oneFactor);
    const either = insisting(oneFactor, twoFactors);
    assert.equal(await acrOf(await ask(agent, either), either), twoFactors);
  });
});
