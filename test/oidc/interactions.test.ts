import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent, handleOf } from '../support/agent.ts';
import { countWaiting } from '../support/race.ts';
import { answerOf, createParty, type Extra, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Pending authorizations', () => {
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

  it('keeps the pending authorizations of several applications in one browser apart', async () => {
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

  it('keeps up to ten pending authorizations per browser', async () => {
    const agent = createAgent();
    const handles: string[] = [];
    for (let number = 0; number < 12; number += 1) {
      const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
      const response = await createParty(provider, { id, redirectUri }).authorize(agent);
      handles.push(handleOf(response));
    }
    const leadsTo = async (handle = '') =>
      (await agent.fetch(`${provider.url}/oidc/auth/${handle}`)).headers.get('location')?.slice(0, 9);
    assert.deepEqual(
      await Promise.all(handles.slice(0, 2).map(leadsTo)),
      [undefined, undefined],
      'the oldest are dropped',
    );
    assert.deepEqual(await Promise.all(handles.slice(2).map(leadsTo)), Array(10).fill('/sign-in?'));
  });

  describe('Pending authorizations of one application in two tabs', () => {
    const twoTabs = async () => {
      const agent = createAgent();
      const tabs = [await first.authorize(agent, { state: 'one' }), await first.authorize(agent, { state: 'two' })];
      const [one = '', two = ''] = tabs.map(handleOf);
      return { agent, one, two };
    };
    const finish = async (agent: Agent, handle: string, id = userId) => {
      const headers = { 'aldaba-interaction': handle, 'x-test-user': id };
      const answer = await agent.fetch(`${provider.url}/test/sign-in`, { method: 'POST', headers });
      return ((await answer.json()) as { redirectTo: string }).redirectTo;
    };
    const stateOf = (response: Response) => {
      const answer = answerOf(response);
      return answer.has('code') ? answer.get('state') : undefined;
    };

    // security: sign-in-handover
    it('returns each tab to the application with its own state, whichever signs in first', async () => {
      const { agent, one, two } = await twoTabs();
      assert.equal(stateOf(await agent.fetch(await finish(agent, one))), 'one');
      assert.equal(stateOf(await agent.fetch(await finish(agent, two))), 'two');
    });

    it('keeps a cookie for each tab when both begin at the same moment', async () => {
      const agent = createAgent();
      const tabs = await Promise.all(['one', 'two', 'three'].map((state) => first.authorize(agent, { state })));
      for (const [index, state] of ['one', 'two', 'three'].entries()) {
        const handle = handleOf(tabs[index] as Response);
        assert.equal(stateOf(await agent.fetch(await finish(agent, handle))), state);
      }
    });

    it('continues in the second tab with the session of the first', async () => {
      const { agent, one, two } = await twoTabs();
      await agent.fetch(await finish(agent, one));
      assert.equal(stateOf(await agent.fetch(`${provider.url}/oidc/auth/${two}`)), 'two');
    });

    // security: sign-in-handover
    it('asks for a sign-in in the second tab if its request demands a new one', async () => {
      const agent = createAgent();
      const one = handleOf(await first.authorize(agent));
      for (const extra of [{ prompt: 'login' }, { prompt: 'select_account' }, { prompt: 'create' }]) {
        const two = handleOf(await first.authorize(agent, extra));
        await agent.fetch(await finish(agent, one)).catch(() => undefined);
        const resumed = await agent.fetch(`${provider.url}/oidc/auth/${two}`);
        assert.equal(handleOf(resumed), two, JSON.stringify(extra));
      }
    });

    it('chooses the newest pending authorization for requests without a handle, as with Logto-App-Id alone', async () => {
      const { agent, two } = await twoTabs();
      const resume = await finishSignIn(provider.url, agent, userId, first.id);
      assert.equal(resume, `${provider.url}/oidc/auth/${two}`);
    });

    it('finds the pending authorization by the referrer of a custom sign-in page', async () => {
      const { agent, one } = await twoTabs();
      const referer = `${provider.url}/sign-in?app_id=${first.id}&interaction=${one}`;
      const headers = { 'logto-app-id': first.id, referer, 'x-test-user': userId };
      const answer = await agent.fetch(`${provider.url}/test/sign-in`, { method: 'POST', headers });
      assert.match(((await answer.json()) as { redirectTo: string }).redirectTo, new RegExp(`/oidc/auth/${one}$`));
    });

    // security: sign-in-handover
    it('rejects a browser that knows the handle of an authorization but has no cookie or another secret', async () => {
      const { agent, one } = await twoTabs();
      const resume = await finish(agent, one);
      for (const cookie of ['', `_interaction.${one}=tpy2kx.${'A'.repeat(43)}`]) {
        const headers = { cookie, 'aldaba-interaction': one, 'x-test-user': userId };
        assert.equal((await fetch(resume, { headers, redirect: 'manual' })).status, 400);
        assert.equal((await fetch(`${provider.url}/test/sign-in`, { method: 'POST', headers })).status, 400);
      }
      assert.equal(stateOf(await agent.fetch(resume)), 'one');
    });

    it('rejects a pending authorization of another application than the request names', async () => {
      const { agent, one } = await twoTabs();
      const headers = { 'aldaba-interaction': one, 'logto-app-id': second.id };
      const answer = await agent.fetch(`${provider.url}/test/interaction`, { headers });
      assert.equal(((await answer.json()) as { found: boolean }).found, false);
    });
  });

  it('does not continue a pending authorization without the cookie', async () => {
    assert.equal((await waiting(createAgent())).found, false);
  });

  // security: old-passwords
  it('asks again instead of continuing a finished sign-in after the sessions of its user were ended', async () => {
    const { users, tenant } = provider;
    const { id } = await provider.addUser({ username: 'finished' });
    const endings = [
      () => users.setPassword(tenant.db, id, { password: 'correct horse battery 7' }),
      async () => {
        await users.update(tenant.db, id, { isSuspended: true });
        await users.update(tenant.db, id, { isSuspended: false });
      },
    ];
    for (const end of endings) {
      const agent = createAgent();
      await first.authorize(agent);
      const next = await finishSignIn(provider.url, agent, id, first.id);
      await end();
      const asked = await agent.fetch(next);
      assert.match(asked.headers.get('location') ?? '', /^.sign-in\?/);
      const again = await agent.fetch(await finishSignIn(provider.url, agent, id, first.id));
      assert.ok(answerOf(again).get('code'), 'a new sign-in completes the request');
    }
  });

  // security: old-passwords
  it('keeps no session of a finished sign-in that continues while the sessions of its user are ended', async () => {
    const { users, tenant, database } = provider;
    const { id } = await provider.addUser({ username: 'continuing' });
    const agent = createAgent();
    await first.authorize(agent);
    const next = await finishSignIn(provider.url, agent, id, first.id);
    const both = await database.system.transaction(async (tx) => {
      const waiting = async (count: number) => {
        while ((await countWaiting(tx)) < count);
      };
      // The authorization has stored its session and waits to store the grant. Then the sessions are ended.
      await tx.raw('lock table grants in share mode');
      const continued = agent.fetch(next);
      await waiting(1);
      const ended = tenant.db.transaction((own) => users.endSessions(own, id));
      await waiting(2);
      return [continued, ended] as const;
    });
    await Promise.all(both);
    assert.match((await first.authorize(agent)).headers.get('location') ?? '', /^.sign-in\?/);
  });

  describe('First page of an authorization', () => {
    const pageOf = async (extra: Extra) => {
      const response = await first.authorize(createAgent(), extra);
      const url = new URL(response.headers.get('location') ?? '', provider.url);
      assert.equal(url.searchParams.get('app_id'), first.id);
      url.searchParams.delete('app_id');
      url.searchParams.delete('interaction');
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
      [{ prompt: 'create' }, '/register'],
      [{ prompt: 'create', first_screen: 'sign_in' }, '/register'],
      [{ prompt: 'select_account', first_screen: 'register' }, '/select-account'],
      [{ prompt: 'login select_account' }, '/select-account'],
    ] as const) {
      it(`opens the requested first page for ${JSON.stringify(extra)}: ${page}`, async () =>
        assert.equal(await pageOf(extra), page));
    }
  });

  it('passes the login hints on to the sign-in', async () => {
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
