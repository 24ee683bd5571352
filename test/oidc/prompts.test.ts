import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent, handleOf, pageOf } from '../support/agent.ts';
import { answerOf, createParty, type Extra, failureOf, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Prompt parameter', () => {
  let provider: Provider;
  let own: Party;
  let foreign: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    const register = async (isThirdParty: boolean) => {
      const { id, secret = '' } = await provider.addClient({
        type: 'Traditional',
        isThirdParty,
        oidcClientMetadata: { redirectUris: [redirectUri] },
      });
      return createParty(provider, { id, redirectUri, secret });
    };
    [own, foreign] = [await register(false), await register(true)];
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const signedIn = async () => {
    const agent = createAgent();
    await own.signIn(agent, userId);
    return agent;
  };
  const leadsTo = async (agent: Agent, prompt: string, party = own) =>
    pageOf(await party.authorize(agent, { prompt }))?.split('?')[0];

  it('publishes all prompt values in discovery', async () => {
    const response = await fetch(`${provider.url}/oidc/.well-known/openid-configuration`);
    const { prompt_values_supported: values } = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(values, ['none', 'login', 'consent', 'select_account', 'create']);
  });

  it('asks for an account with prompt=select_account, whether or not a user is signed in', async () => {
    assert.equal(await leadsTo(await signedIn(), 'select_account'), '/select-account');
    assert.equal(await leadsTo(createAgent(), 'select_account'), '/select-account');
  });

  it('shows the registration page with prompt=create, also if a user is signed in', async () => {
    assert.equal(await leadsTo(await signedIn(), 'create'), '/register');
    assert.equal(await leadsTo(createAgent(), 'create'), '/register');
  });

  for (const prompt of ['select_account', 'create', 'login select_account', 'consent create', 'login create consent']) {
    it(`treats prompt=${prompt} as satisfied by a sign-in for this request`, async () => {
      const agent = await signedIn();
      assert.ok((await own.signIn(agent, userId, { prompt })).get('code'));
    });
  }

  for (const other of ['login', 'consent', 'select_account', 'create']) {
    it(`rejects prompt=none with ${other}`, async () => {
      const answer = answerOf(await own.authorize(await signedIn(), { prompt: `none ${other}` }));
      assert.equal(answer.get('error'), 'invalid_request');
    });
  }

  it('rejects a prompt value that no specification defines', async () => {
    assert.equal(answerOf(await own.authorize(createAgent(), { prompt: 'dance' })).get('error'), 'invalid_request');
  });

  describe('Offline access of applications', () => {
    const scope = 'openid offline_access';
    const ask = (agent: Agent, extra: Extra) => foreign.authorize(agent, { scope, ...extra });

    it('asks for consent to offline_access of a third party without prompt=consent, then issues a refresh token', async () => {
      const agent = await signedIn();
      const asked = await ask(agent, { prompt: null });
      assert.match(pageOf(asked) ?? '', /^\/consent\?/);
      const page = await agent.fetch(`${provider.url}${asked.headers.get('location')}`);
      const xsrf = /name="xsrf" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
      const decided = await agent.fetch(`${provider.url}/consent`, {
        method: 'POST',
        body: new URLSearchParams({ app_id: foreign.id, interaction: handleOf(asked), xsrf, decision: 'accept' }),
      });
      const answer = answerOf(await agent.fetch(new URL(decided.headers.get('location') ?? '', provider.url).href));
      const tokens = (await (await foreign.redeem(answer.get('code') ?? '')).json()) as Record<string, string>;
      assert.ok(tokens.refresh_token);
      assert.ok(
        answerOf(await ask(agent, { prompt: null })).get('code'),
        'consent that covers it is not asked for again',
      );
    });

    it('rejects prompt=none while the user has not consented to offline_access', async () => {
      const answer = answerOf(await ask(await signedIn(), { prompt: 'none' }));
      assert.equal(answer.get('error'), 'consent_required');
    });

    it('does not extend a consent without offline_access to offline_access', async () => {
      const agent = createAgent();
      const asked = await foreign.authorize(agent, { scope: 'openid', prompt: null });
      await agent.fetch(await finishSignIn(provider.url, agent, userId, foreign.id));
      const page = await agent.fetch(`${provider.url}/consent?app_id=${foreign.id}&interaction=${handleOf(asked)}`);
      const xsrf = /name="xsrf" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
      const decided = await agent.fetch(`${provider.url}/consent`, {
        method: 'POST',
        body: new URLSearchParams({ app_id: foreign.id, interaction: handleOf(asked), xsrf, decision: 'accept' }),
      });
      await agent.fetch(new URL(decided.headers.get('location') ?? '', provider.url).href);
      assert.match(pageOf(await ask(agent, { prompt: null })) ?? '', /^\/consent\?/);
    });
  });

  it('keeps a refresh token of a first-party application that requested only offline_access after the session ends', async () => {
    const { refresh_token: token = '' } = await own.tokens(userId, { prompt: null });
    await provider.database.system.raw('delete from sessions');
    const answer = await own.refresh(token);
    assert.equal(answer.status, 200, JSON.stringify(answer.ok ? {} : await failureOf(answer)));
  });
});
