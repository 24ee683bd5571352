import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent } from '../support/agent.ts';
import { answerOf, createParty, type Extra, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('authorizations that wait for a person', () => {
  let provider: Provider;
  let first: Party;
  let second: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    const register = async () => {
      const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
      return createParty(provider, { id, redirectUri });
    };
    [first, second] = [await register(), await register()];
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const waiting = async (agent: Agent, options: { header?: string; appId?: string } = {}) => {
    const query = options.appId ? `?app_id=${options.appId}` : '';
    const headers: Record<string, string> = options.header ? { 'logto-app-id': options.header } : {};
    const response = await agent.fetch(`${provider.url}/test/interaction${query}`, { headers });
    return (await response.json()) as { found: boolean; applicationId?: string; request?: Record<string, unknown> };
  };

  it('of several applications in one browser do not disturb one another', async () => {
    const agent = createAgent();
    await first.authorize(agent, { state: 'one' });
    await second.authorize(agent, { state: 'two' });
    assert.equal((await waiting(agent, { header: first.id })).applicationId, first.id);
    assert.equal((await waiting(agent, { appId: second.id })).applicationId, second.id);
    assert.equal((await waiting(agent)).applicationId, second.id, 'the newest one, when nobody says which');
    assert.equal((await waiting(agent, { header: 'demo-app' })).found, false);
    const resumed = await agent.fetch(await finishSignIn(provider.url, agent, userId, first.id));
    assert.equal(answerOf(resumed).get('state'), 'one');
    assert.equal((await waiting(agent, { header: first.id })).found, false);
    assert.equal((await waiting(agent)).applicationId, second.id);
  });

  it('are remembered up to ten in a browser', async () => {
    const agent = createAgent();
    for (let number = 0; number < 12; number += 1) {
      const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
      const response = await createParty(provider, { id, redirectUri }).authorize(agent);
      const map = JSON.parse(
        decodeURIComponent(/_interaction=([^;]+)/.exec(response.headers.getSetCookie().join())?.[1] ?? ''),
      );
      assert.ok(Object.keys(map).length <= 10);
    }
  });

  it('do not wait for anybody without the cookie', async () => {
    assert.equal((await waiting(createAgent())).found, false);
  });

  describe('begin at the page that the application wishes', () => {
    const pageOf = async (extra: Extra) => {
      const response = await first.authorize(createAgent(), extra);
      const url = new URL(response.headers.get('location') ?? '', provider.url);
      assert.equal(url.searchParams.get('app_id'), first.id);
      url.searchParams.delete('app_id');
      return decodeURIComponent(`${url.pathname}${url.search}`.replaceAll('+', ' '));
    };
    for (const [extra, page] of [
      [{}, '/sign-in'],
      [{ first_screen: 'sign_in' }, '/sign-in'],
      [{ first_screen: 'signIn' }, '/sign-in'],
      [{ first_screen: 'register' }, '/register'],
      [{ first_screen: 'reset_password' }, '/reset-password'],
      [{ first_screen: 'identifier:sign_in', identifier: 'email phone' }, '/identifier-sign-in?identifier=email phone'],
      [
        { first_screen: 'identifier:register', identifier: 'username other' },
        '/identifier-register?identifier=username',
      ],
      [{ first_screen: 'single_sign_on' }, '/single-sign-on'],
      [{ first_screen: 'nonsense' }, '/sign-in'],
      [{ interaction_mode: 'signUp' }, '/register'],
      [{ interaction_mode: 'signIn' }, '/sign-in'],
      [{ first_screen: 'sign_in', interaction_mode: 'signUp' }, '/sign-in'],
      [{ login_hint: 'ada@example.com', ui_locales: 'es en' }, '/sign-in?ui_locales=es en&login_hint=ada@example.com'],
      [{ organization_id: 'org' }, '/sign-in?organization_id=org'],
      [{ one_time_token: 'otp' }, '/sign-in?one_time_token=otp'],
      [
        { one_time_token: 'otp', login_hint: 'ada@example.com', first_screen: 'register' },
        '/one-time-token?one_time_token=otp&login_hint=ada@example.com',
      ],
      [{ direct_sign_in: 'social:wechat' }, '/direct/social/wechat?fallback=sign-in'],
      [{ direct_sign_in: 'sso:abc', first_screen: 'register' }, '/direct/sso/abc?fallback=register'],
      [{ direct_sign_in: 'nonsense' }, '/sign-in'],
    ] as const) {
      it(`${JSON.stringify(extra)}: ${page}`, async () => assert.equal(await pageOf(extra), page));
    }
  });

  it('hand the wishes over to the sign-in', async () => {
    const agent = createAgent();
    await first.authorize(agent, {
      direct_sign_in: 'social:wechat',
      login_hint: 'ada',
      ui_locales: 'es',
      scope: 'openid openid email',
    });
    const { request } = await waiting(agent);
    assert.deepEqual(
      [request?.directSignIn, request?.loginHint, request?.uiLocales, request?.scope, request?.redirectUri],
      [{ method: 'social', target: 'wechat' }, 'ada', 'es', 'openid email', redirectUri],
    );
  });
});
