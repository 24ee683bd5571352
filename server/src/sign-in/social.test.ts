import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPersona, type SandboxOutcome } from '../../../connectors/sandbox/index.ts';
import { createAgent, pageOf } from '../../../test/support/agent.ts';
import { movableClock } from '../../../test/support/clock.ts';
import { type Operator, operate } from '../../../test/support/operator.ts';
import { shownError, type Visit, visit, visitOf } from '../../../test/support/page-agent.ts';
import { race } from '../../../test/support/race.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';

const socialOnly = { signUp: { identifiers: [], password: false, verify: false } };
const usernameRequired = {
  signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] },
};

describe('social sign-in through the pages', () => {
  let server: TestServer;
  let operator: Operator;
  let wechat: string;
  const clock = movableClock();

  before(async () => {
    server = await startServer({ world: { clock } });
    operator = await operate(server);
    wechat = await operator.connectWechat();
    await operator.configure(socialOnly);
  });
  after(() => server?.close());
  afterEach(() => operator.deleteUsers());

  /** What the script of the page gets, and hands to the app. */
  const press = async (person: Visit, fields: Record<string, string> = {}) => {
    const answer = await person.post(`/sign-in/social/${wechat}`, fields, { accept: 'application/json' });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as { redirectTo: string; callbackUri: string };
  };
  const stateOf = (redirectTo: string) => new URL(redirectTo).searchParams.get('state') ?? '';
  const approve = (persona = 'mei', outcome: SandboxOutcome = 'success') =>
    operator.approveAtWechat({ appId: operator.wechatApp.appId, persona, outcome });
  /** The app loads the callback with what WeChat gave it. */
  const back = (person: Visit, query: Record<string, string>, id = wechat) =>
    person.get(`/callback/social/${id}?${new URLSearchParams(query)}`);
  const signInAs = async (persona: string): Promise<URL> => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    return person.arrive(await back(person, { code: await approve(persona), state, language: 'zh_CN' }));
  };

  it('returns the connector’s WeChat address and the return address to the app', async () => {
    const { redirectTo, callbackUri } = await press(await visit(server));
    const { protocol, searchParams } = new URL(redirectTo);
    assert.equal(protocol, 'wechat:');
    assert.deepEqual([...searchParams.keys()], ['app_id', 'state', 'universal_link']);
    assert.equal(callbackUri, `${server.url}/callback/social/${wechat}`);
  });

  it('creates an account for a new user, with name, picture and identity, and finds it again', async () => {
    assert.ok((await signInAs('mei')).searchParams.get('code'));
    const mei = findPersona('mei');
    const [user, ...others] = await operator.users();
    assert.deepEqual(others, []);
    assert.equal(user?.name, mei?.nickname);
    assert.equal(user?.avatar, mei?.headimgurl);
    assert.equal(user?.identities.wechat?.userId, mei?.unionid);
    assert.ok((await signInAs('mei')).searchParams.get('code'));
    assert.deepEqual(
      (await operator.users()).map(({ id }) => id),
      [user?.id],
    );
  });

  it('asks a new user for the required details before the account is created', async () => {
    await operator.configure(usernameRequired);
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const answer = await back(person, { code: await approve('rafael'), state });
    assert.equal(pageOf(answer), '/continue?app_id=demo-app');
    assert.deepEqual(await operator.users(), []);
    const page = await (await person.get('/continue?app_id=demo-app')).text();
    assert.match(page, /name="username"/);
    assert.doesNotMatch(page, /name="password"/);
    const refused = await person.post('/continue', { username: '9lives' });
    assert.equal(refused.status, 422);
    assert.equal((await shownError(refused)).field, 'username');
    const home = await person.arrive(await person.post('/continue', { username: 'rafa' }));
    assert.ok(home.searchParams.get('code'));
    assert.equal((await operator.users())[0]?.username, 'rafa');
    await operator.configure(socialOnly);
  });

  it('shows no password form when accounts come from connectors alone', async () => {
    const person = await visit(server);
    for (const path of ['/sign-in', '/register']) {
      assert.doesNotMatch(await (await person.get(`${path}?app_id=demo-app`)).text(), /type="password"/);
    }
  });

  // security: sign-in-handover
  it('refuses an answer whose state is forged, missing, truncated or of another connector', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const code = await approve();
    const forged: [string, Record<string, string>, string?][] = [
      ['forged', { code, state: `${state.split('.')[0]}.${'A'.repeat(43)}` }],
      ['cut', { code, state: state.slice(0, -1) }],
      ['longer', { code, state: `${state}A` }],
      ['missing', { code }],
      ['empty', { code, state: '' }],
      ['of another connector', { code, state }, 'anotherconnector'],
    ];
    for (const [name, query, id] of forged) {
      const answer = await back(person, query, id);
      assert.equal(answer.status, 400, name);
      assert.match(await answer.text(), /session\.social_state_mismatch/, name);
    }
    const repeated = await person.get(`/callback/social/${wechat}?code=${code}&state=${state}&state=${state}`);
    assert.equal(repeated.status, 400);
    assert.deepEqual(await operator.users(), []);
    assert.ok(
      (await person.arrive(await back(person, { code, state }))).searchParams.get('code'),
      'the right one still counts',
    );
  });

  // security: sign-in-handover
  it('accepts an answer once', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    await back(person, { code: await approve('mei', 'token_40029'), state });
    const again = await back(person, { code: await approve(), state });
    assert.equal(again.status, 400);
    assert.deepEqual(await operator.users(), []);
  });

  // security: single-use
  it('accepts one of two concurrent answers', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const codes = [await approve(), await approve('rafael')];
    const answers = await race(
      server.app.database,
      'interactions',
      codes.map((code) => () => back(person, { code, state })),
    );
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    assert.equal((await operator.users()).length, 1);
  });

  it('refuses an answer without the cookie of the browser that began', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const code = await approve();
    assert.equal((await back(visitOf(server, createAgent()), { code, state })).status, 400);
    const other = await visit(server);
    assert.equal((await back(other, { code, state })).status, 400);
    assert.deepEqual(await operator.users(), []);
  });

  it('ends with the interaction', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const code = await approve();
    clock.ahead = 3_700_000;
    assert.equal((await back(person, { code, state })).status, 400);
    clock.ahead = 0;
    assert.deepEqual(await operator.users(), []);
  });

  const failures: [SandboxOutcome, number, string][] = [
    ['token_40029', 401, 'connector.social_auth_code_invalid'],
    ['token_40163', 401, 'connector.social_auth_code_invalid'],
    ['token_42003', 401, 'connector.social_auth_code_invalid'],
    ['token_garbage', 400, 'connector.invalid_response'],
    ['token_500', 400, 'connector.general'],
    ['profile_40001', 401, 'connector.social_invalid_access_token'],
    ['profile_40014', 401, 'connector.social_invalid_access_token'],
  ];
  for (const [outcome, status, code] of failures) {
    it(`shows the first page again with what went wrong: ${outcome}`, async () => {
      const person = await visit(server, { ui_locales: 'zh-CN' });
      const state = stateOf((await press(person)).redirectTo);
      const answer = await back(person, { code: await approve('mei', outcome), state });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-language'), 'zh-CN');
      assert.equal((await shownError(answer)).code, code);
      assert.deepEqual(await operator.users(), []);
    });
  }

  it('shows the first page again when the user declined', async () => {
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const answer = await back(person, { error: 'access_denied', state });
    assert.ok(answer.status >= 400 && answer.status < 500);
    assert.match((await shownError(answer)).code ?? '', /^connector\./);
  });

  // security: closed-registration
  it('creates no account when registration is off, and signs in known users', async () => {
    await signInAs('mei');
    await operator.configure({ signInMode: 'SignIn' });
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const answer = await back(person, { code: await approve('rafael'), state });
    assert.equal(answer.status, 404);
    assert.equal((await shownError(answer)).code, 'user.identity_not_exist');
    assert.ok((await signInAs('mei')).searchParams.get('code'));
    assert.equal((await operator.users()).length, 1);
    await operator.configure({ signInMode: 'SignInAndRegister' });
  });

  it('refuses a suspended user', async () => {
    await signInAs('mei');
    const [user] = await operator.users();
    await operator.call('PATCH', `/api/users/${user?.id}/is-suspended`, { isSuspended: true });
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const answer = await back(person, { code: await approve(), state });
    assert.equal(answer.status, 401);
    assert.equal((await shownError(answer)).code, 'user.suspended');
  });

  it('asks a new user to accept the terms when the tenant requires it', async () => {
    await operator.configure({
      termsOfUseUrl: 'https://example.com/terms',
      agreeToTermsPolicy: 'ManualRegistrationOnly',
    });
    const person = await visit(server);
    const state = stateOf((await press(person)).redirectTo);
    const answer = await back(person, { code: await approve(), state });
    assert.equal(answer.status, 422);
    assert.equal((await shownError(answer)).field, 'terms');
    const agreed = stateOf((await press(person, { terms: 'yes' })).redirectTo);
    assert.ok(
      (await person.arrive(await back(person, { code: await approve(), state: agreed }))).searchParams.get('code'),
    );
    await operator.configure({ termsOfUseUrl: null, agreeToTermsPolicy: 'Automatic' });
  });

  it('updates name and picture only when the connector is set to', async () => {
    await signInAs('mei');
    const [user] = await operator.users();
    await operator.call('PATCH', `/api/users/${user?.id}`, { name: 'Changed here' });
    await signInAs('mei');
    assert.equal((await operator.users())[0]?.name, 'Changed here');
    await operator.call('PATCH', `/api/connectors/${wechat}`, { syncProfile: true });
    await signInAs('mei');
    assert.equal((await operator.users())[0]?.name, findPersona('mei')?.nickname);
    await operator.call('PATCH', `/api/connectors/${wechat}`, { syncProfile: false });
  });

  it('turns a posted answer into a page that brings the cookie', async () => {
    const answer = await fetch(`${server.url}/callback/${wechat}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://provider.example' },
      body: new URLSearchParams({ code: 'c&1', state: 's' }),
    });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `/callback/${wechat}?code=c%261&state=s`);
    const next = await visitOf(server, createAgent()).get(`/callback/${wechat}?code=c%261&state=s`);
    assert.equal(next.headers.get('location'), `/callback/social/${wechat}?code=c%261&state=s`);
  });

  it('returns errors to the script in JSON', async () => {
    const person = await visit(server, { ui_locales: 'es' });
    const answer = await person.post('/sign-in/social/unknown', {}, { accept: 'application/json' });
    assert.equal(answer.status, 422);
    const { code, message } = await answer.json();
    assert.equal(code, 'session.invalid_connector_id');
    assert.match(message, /no está disponible/);
  });
});

describe('a connector that opens in a browser outside of the app', () => {
  let server: TestServer;
  let github: string;
  const nativeCallback = 'logto-callback://com.example.app/web';

  before(async () => {
    server = await startServer();
    const operator = await operate(server);
    const created = await operator.call<{ id: string }>('POST', '/api/connectors', {
      connectorId: 'github-universal',
      config: { clientId: 'client', clientSecret: 'secret of nobody' },
    });
    github = created.id;
    await operator.call('PATCH', '/api/sign-in-exp', { socialSignInConnectorTargets: ['github'] });
  });
  after(() => server?.close());

  const press = async (person: Visit, fields: Record<string, string>) => {
    const answer = await person.post(`/sign-in/social/${github}`, fields, { accept: 'application/json' });
    assert.equal(answer.status, 200, await answer.clone().text());
    return new URL(((await answer.json()) as { redirectTo: string }).redirectTo);
  };

  it('uses the landing page and returns to the app', async () => {
    const landing = await press(await visit(server), { native_callback: nativeCallback });
    assert.equal(landing.pathname, `/social/landing/${github}`);
    const browser = visitOf(server, createAgent());
    const away = await browser.get(landing.pathname + landing.search);
    assert.equal(away.status, 303);
    assert.equal(new URL(away.headers.get('location') ?? '').host, 'github.com');
    const returned = await browser.get(`/callback/${github}?code=1&state=2`);
    assert.equal(returned.headers.get('location'), `${nativeCallback}?code=1&state=2`);
    const second = await browser.get(`/callback/${github}?code=1&state=2`);
    assert.equal(second.headers.get('location'), `/callback/social/${github}?code=1&state=2`, 'remembered once');
  });

  // security: sign-in-handover
  it('redirects only to the signed address', async () => {
    const landing = await press(await visit(server), { native_callback: nativeCallback });
    const changes: [string, string][] = [
      ['redirect_to', 'https://evil.example/'],
      ['native_callback', 'logto-callback://evil'],
      ['expires', '99999999999'],
      ['sig', ''],
      ['sig', `${landing.searchParams.get('sig')}A`],
    ];
    for (const [name, value] of changes) {
      const changed = new URL(landing);
      changed.searchParams.set(name, value);
      const answer = await visitOf(server, createAgent()).get(changed.pathname + changed.search);
      assert.equal(answer.status, 400, name);
      assert.equal(answer.headers.get('set-cookie'), null);
    }
    const elsewhere = await visitOf(server, createAgent()).get(`/social/landing/other${landing.search}`);
    assert.equal(elsewhere.status, 400, 'another connector');
  });

  it('never redirects to a link that does not belong to the app', async () => {
    for (const link of ['https://evil.example', 'javascript:alert(1)', 'logto-callbackx://a', '']) {
      const address = await press(await visit(server), { native_callback: link });
      assert.equal(address.host, 'github.com', link);
    }
  });

  it('starts at once when the application names it, and falls back to the first page', async () => {
    const person = await visit(server);
    const direct = await person.get('/direct/social/github?app_id=demo-app&fallback=register');
    assert.equal(direct.status, 303);
    assert.equal(new URL(direct.headers.get('location') ?? '').host, 'github.com');
    const unknown = await person.get('/direct/social/gitlab?app_id=demo-app&fallback=register');
    assert.equal(pageOf(unknown), '/register?app_id=demo-app');
  });

  it('is a plain link for browsers without scripts', async () => {
    const person = await visit(server);
    const answer = await person.post(`/sign-in/social/${github}`, {});
    assert.equal(answer.status, 303);
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    assert.equal(searchParams.get('redirect_uri'), `${server.url}/callback/${github}`);
  });
});
