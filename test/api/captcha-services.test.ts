import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createLog } from '../../server/src/kernel/log.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Mood, recaptchaConfig, startCaptchaServices, turnstileConfig } from '../support/captcha-services.ts';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'a lantern by the harbour';
const username = 'ana';
const secrets = [turnstileConfig.secretKey, recaptchaConfig.secretKey];

interface Entry {
  payload: { result: string; params?: { reason?: string } };
}

describe('Captchas of other services', () => {
  const clock = movableClock();
  const logged: string[] = [];
  let services: Awaited<ReturnType<typeof startCaptchaServices>>;
  let server: TestServer;
  let api: Manager;
  let github = '';
  before(async () => {
    services = await startCaptchaServices(clock.now);
    const write = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
    server = await startServer({
      world: {
        clock,
        outbound: services.outbound,
        log: { ...createLog('silent'), debug: write, info: write, warn: write, error: write },
      },
    });
    api = await manage(server);
    await api.post('/api/users', { username, password });
    await put(turnstileConfig);
    const connector = { connectorId: 'github-universal', config: { clientId: 'c', clientSecret: 's' } };
    github = (await api.post('/api/connectors', connector)).body.id;
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: ['github'] });
    assert.equal((await api.patch('/api/sign-in-exp', { captchaPolicy: { enabled: true } })).status, 200);
  });
  after(async () => {
    await server?.close();
    await services?.close();
  });
  beforeEach(() => {
    services.asked.length = 0;
    services.state.mood = 'well';
  });
  afterEach(() => {
    clock.ahead = 0;
  });

  const put = async (config: object) => {
    const answer = await api.put('/api/captcha-provider', { config });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body.config;
  };
  const begin = async () => {
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    assert.equal((await call(agent, 'PUT', '', { interactionEvent: 'SignIn' })).status, 204);
    return agent;
  };
  const call = (agent: Agent, method: string, path: string, body?: unknown) =>
    agent.json(method, `${server.url}/api/experience${path}`, body);
  const send = (agent: Agent, captchaToken: string) =>
    call(agent, 'PUT', '', { interactionEvent: 'SignIn', captchaToken });
  const challengeOf = async (agent: Agent) =>
    (await (await call(agent, 'GET', '/interaction')).json()).captcha.challenge;
  const tryPassword = (agent: Agent) =>
    call(agent, 'POST', '/verification/password', { identifier: { type: 'username', value: username }, password });
  const refusedAs = async (response: Response, status: number, code: string) => {
    assert.deepEqual([response.status, (await response.json()).code], [status, code]);
  };
  /** Entries of the audit log with a reason. */
  const countOf = async (reason: string) => {
    const { body } = await api.get('/api/logs?logKey=Interaction.Create.Captcha&page_size=100');
    return (body as Entry[]).filter(({ payload }) => payload.params?.reason === reason).length;
  };

  for (const config of [turnstileConfig, recaptchaConfig])
    describe(config.type, () => {
      before(() => put(config));

      // security: captcha
      it('accepts an answer to the challenge, after which the password is checked', async () => {
        const agent = await begin();
        await refusedAs(await tryPassword(agent), 422, 'session.captcha_required');
        const { type, siteKey } = config;
        assert.deepEqual(await challengeOf(agent), { type, siteKey, action: 'sign_in' });
        assert.equal((await send(agent, services.answer())).status, 204);
        assert.equal(await challengeOf(agent), undefined);
        assert.equal((await tryPassword(agent)).status, 200);
        assert.equal(services.asked.length, 1);
        assert.ok(!services.asked[0]?.url.includes(config.secretKey), 'no secret in an address');
      });

      it('is part of the page, whose policy allows the service there and nowhere else', async () => {
        const user = await visit(server);
        const page = await user.get('/sign-in?app_id=demo-app');
        const policy = page.headers.get('content-security-policy') ?? '';
        const [host] =
          config.type === 'Turnstile' ? ['https://challenges.cloudflare.com'] : ['https://www.google.com/recaptcha/'];
        assert.match(policy, new RegExp(`script-src 'self' ${host}`));
        assert.match(policy, new RegExp(`frame-src ${host}`));
        const html = await page.text();
        assert.ok(html.includes(config.siteKey) && !secrets.some((secret) => html.includes(secret)));
        const wrong = await user.post('/sign-in', { username, password: 'wrong', captcha: services.answer() });
        assert.equal((await shownError(wrong.clone())).code, 'session.invalid_credentials');
        assert.match(wrong.headers.get('content-security-policy') ?? '', /script-src 'self';/);
        assert.ok(!(await wrong.text()).includes(config.siteKey), 'passed once for the sign-in');
        assert.ok((await user.arrive(await user.post('/sign-in', { username, password }))).searchParams.get('code'));
      });

      const wrongAnswers: [string, Parameters<typeof services.answer>[0], string][] = [
        ['for another action', { action: 'comment' }, 'another action'],
        ['without an action', { action: undefined }, 'another action'],
        ['of another host', { hostname: 'localhost.example.com' }, 'another host'],
        ['without a host', { hostname: undefined }, 'another host'],
        ['that is older than 5 minutes', { solvedAt: new Date(Date.now() - 301_000).toISOString() }, 'expired'],
        ['of tomorrow', { solvedAt: new Date(Date.now() + 86_400_000).toISOString() }, 'expired'],
        ['without a time', { solvedAt: undefined }, 'expired'],
        ...(config.type === 'Turnstile'
          ? []
          : (
              [
                ['with a low score', { score: 0.4 }, 'low score'],
                ['without a score', { score: undefined }, 'low score'],
                ['with words as the score', { score: '0.9' }, 'low score'],
              ] as const
            ).map(([what, given, reason]) => [what, given, reason] as [string, object, string])),
      ];
      // security: captcha
      it('rejects answers for anything else than this page, and says why in the audit log', async () => {
        for (const [what, given, reason] of wrongAnswers) {
          const agent = await begin();
          const before = await countOf(reason);
          await refusedAs(await send(agent, services.answer(given)), 422, 'session.captcha_failed');
          assert.equal(await countOf(reason), before + 1, what);
          await refusedAs(await tryPassword(agent), 422, 'session.captcha_required');
        }
        await refusedAs(await send(await begin(), 'invented'), 422, 'session.captcha_failed');
        await refusedAs(await send(await begin(), 'with a space'), 422, 'session.captcha_failed');
        assert.ok((await countOf('malformed')) > 0);
        assert.equal(services.asked.length, wrongAnswers.length + 1, 'malformed answers are not sent on');
        assert.equal((await send(await begin(), services.answer())).status, 204);
      });

      // security: captcha, single-use
      it('accepts an answer once, also for several sign-ins at once', async () => {
        const token = services.answer();
        const agents = await Promise.all(Array.from({ length: 5 }, begin));
        const statuses = await Promise.all(agents.map(async (agent) => (await send(agent, token)).status));
        assert.deepEqual(statuses.toSorted(), [204, 422, 422, 422, 422]);
        assert.ok((await countOf('used before')) >= 4);
        clock.ahead = 200_000;
        await refusedAs(await send(await begin(), token), 422, 'session.captcha_failed');
        assert.equal((await send(await begin(), services.answer())).status, 204);
      });

      const moods: Mood[] = [
        'failing',
        'garbled',
        'undecided',
        'moved',
        ...(config.type === 'Turnstile' ? (['slow'] as const) : []),
      ];
      // security: captcha
      it('accepts no answer while the service fails, says so, and works again after it', {
        timeout: 60_000,
      }, async () => {
        for (const mood of moods) {
          services.state.mood = mood;
          const agent = await begin();
          services.asked.length = 0;
          await refusedAs(await send(agent, services.answer()), 503, 'session.captcha_unavailable');
          assert.equal(services.asked.length, 1, 'no redirect gets the secret');
          await refusedAs(await tryPassword(agent), 422, 'session.captcha_required');
        }
        services.state.mood = 'failing';
        const user = await visit(server);
        const down = await user.post('/sign-in', { username, password, captcha: services.answer() });
        assert.equal(down.status, 503);
        assert.ok(down.headers.get('retry-after'));
        const html = await down.clone().text();
        assert.ok(html.includes(config.siteKey) && html.includes(`value="${username}"`), 'the form, to try again');
        assert.match((await shownError(down)).message, /not available.*another way/);
        const elsewhere = await user.post(`/sign-in/social/${github}`, {});
        assert.equal(new URL(elsewhere.headers.get('location') ?? '').host, 'github.com', 'another way needs none');
        services.state.mood = 'well';
        const sent = await user.post('/sign-in', { username, password, captcha: services.answer() });
        assert.ok((await user.arrive(sent)).searchParams.get('code'));
      });

      // security: captcha
      it('takes a refusal of the keys for a failure of the service, and logs it without them', async () => {
        const secretKey = 'a-wrong-secret-key';
        await put({ ...config, secretKey });
        logged.length = 0;
        await refusedAs(await send(await begin(), services.answer()), 503, 'session.captcha_unavailable');
        const line = logged.find((each) => each.includes('A captcha could not be checked'));
        assert.match(line ?? '', config.type === 'Turnstile' ? /invalid-input-secret/ : /status 403/);
        assert.ok(!logged.some((each) => each.includes(secretKey)));
        await put(config);
      });
    });

  // security: database-theft, leaked-secrets
  it('never returns a secret, and stores it encrypted', async () => {
    for (const { secretKey, ...config } of [
      turnstileConfig,
      { ...recaptchaConfig, mode: 'checkbox', domain: 'www.recaptcha.net' },
    ]) {
      assert.deepEqual(await put({ ...config, secretKey }), config);
      assert.deepEqual((await api.get('/api/captcha-provider')).body.config, config);
      const rows = await server.app.database.system.raw('select value::text from tenant_settings');
      assert.ok(!JSON.stringify(rows).includes(secretKey));
    }
  });

  it('keeps the secret of a site key that is sent without one, and needs one for another site key', async () => {
    const { secretKey, ...config } = turnstileConfig;
    await put(turnstileConfig);
    assert.deepEqual(await put(config), config);
    assert.equal((await send(await begin(), services.answer())).status, 204);
    for (const other of [
      { ...config, siteKey: '0xOther' },
      { ...recaptchaConfig, secretKey: undefined },
    ])
      assertRefused(await api.put('/api/captcha-provider', { config: other }), 400, 'guard.invalid_input');
    assert.equal(JSON.stringify((await api.get('/api/captcha-provider')).body.config), JSON.stringify(config));
  });

  it('tells sign-in pages of the operator what they need while the policy is enabled', async () => {
    await put({ ...recaptchaConfig, mode: 'checkbox', domain: 'www.recaptcha.net' });
    const shown = async () => (await (await fetch(`${server.url}/api/.well-known/sign-in-exp`)).json()).captchaConfig;
    const { type, siteKey } = recaptchaConfig;
    assert.deepEqual(await shown(), { type, siteKey, mode: 'checkbox', domain: 'www.recaptcha.net' });
    await api.patch('/api/sign-in-exp', { captchaPolicy: { enabled: false } });
    assert.equal(await shown(), undefined);
    await api.patch('/api/sign-in-exp', { captchaPolicy: { enabled: true } });
  });

  // security: captcha
  it('makes an address wait 10 minutes after 30 wrong answers, which the service is not asked about', async () => {
    await put(turnstileConfig);
    const agent = await begin();
    assert.equal((await send(await begin(), services.answer())).status, 204);
    services.asked.length = 0;
    for (let count = 0; count < 30; count += 1)
      await refusedAs(await send(agent, `wrong-${count}`), 422, 'session.captcha_failed');
    await refusedAs(await send(agent, services.answer()), 400, 'session.verification_blocked_too_many_attempts');
    assert.equal(services.asked.length, 30);
    clock.ahead = 601_000;
    assert.equal((await send(agent, services.answer())).status, 204);
  });
});
