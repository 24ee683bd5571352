import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'a lantern by the harbour';
const username = 'ana';
const proofOfWork = { config: { type: 'ProofOfWork' } };

interface Challenge {
  salt: string;
  digest: string;
  limit: number;
  seal: string;
}
/** What a browser does. */
function solve({ salt, digest, limit, seal }: Challenge): string {
  for (let number = 0; number < limit; number += 1) {
    if (createHash('sha256').update(`${salt}${number}`).digest('hex') === digest) return `${number}.${seal}`;
  }
  throw new Error('The challenge has no answer');
}

const challengeOn = (html: string): Challenge | undefined => {
  const [, attribute] = /data-challenge="([^"]+)"/.exec(html) ?? [];
  return attribute === undefined ? undefined : JSON.parse(attribute.replaceAll('&quot;', '"'));
};

// security: captcha
describe('The captcha before the first step of a sign-in', () => {
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    await api.post('/api/users', { username, password });
    assert.equal((await api.put('/api/captcha-provider', proofOfWork)).status, 200);
    assert.equal((await api.patch('/api/sign-in-exp', { captchaPolicy: { enabled: true } })).status, 200);
  });
  after(() => server?.close());
  afterEach(() => {
    clock.ahead = 0;
  });

  const begin = async (interactionEvent = 'SignIn') => {
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    assert.equal((await call(agent, 'PUT', '', { interactionEvent })).status, 204);
    return agent;
  };
  const call = (agent: Agent, method: string, path: string, body?: unknown) =>
    agent.json(method, `${server.url}/api/experience${path}`, body);
  const answer = (agent: Agent, captchaToken: string) =>
    call(agent, 'PUT', '', { interactionEvent: 'SignIn', captchaToken });
  const captchaOf = async (agent: Agent) => (await (await call(agent, 'GET', '/interaction')).json()).captcha;
  const tryPassword = (agent: Agent, given = password) =>
    call(agent, 'POST', '/verification/password', {
      identifier: { type: 'username', value: username },
      password: given,
    });
  const refusedAs = async (response: Response, code: string) => {
    assert.equal(response.status, 422);
    assert.equal((await response.json()).code, code);
  };

  it('is required before a password is checked, and once for a sign-in', async () => {
    const agent = await begin();
    await refusedAs(await tryPassword(agent, 'wrong'), 'session.captcha_required');
    const { challenge, ...asked } = await captchaOf(agent);
    assert.deepEqual(asked, { verified: false, skipped: false });
    assert.equal((await answer(agent, solve(challenge))).status, 204);
    assert.deepEqual(await captchaOf(agent), { verified: true, skipped: false });
    await refusedAs(await tryPassword(agent, 'wrong'), 'session.invalid_credentials');
    assert.equal((await tryPassword(agent)).status, 200);
  });

  it('cannot be avoided by a registration that begins with a detail', async () => {
    const agent = await begin('Register');
    const identifier = { type: 'username', value: 'robot' };
    for (const [path, body] of [
      ['/profile', { type: 'username', value: 'robot' }],
      ['/profile', { type: 'password', value: password }],
      ['/verification/new-password-identity', { identifier, password }],
    ] as const)
      await refusedAs(await call(agent, 'POST', path, body), 'session.captcha_required');
  });

  it('rejects answers that are wrong, expired, malformed or of another sign-in', async () => {
    const [agent, other] = [await begin(), await begin()];
    const { challenge } = await captchaOf(agent);
    const right = solve(challenge);
    const [number, ...seal] = right.split('.');
    await refusedAs(await answer(agent, `${Number(number) + 1}.${seal.join('.')}`), 'session.captcha_failed');
    await refusedAs(await answer(agent, 'nothing'), 'session.captcha_failed');
    await refusedAs(await answer(other, right), 'session.captcha_failed');
    clock.ahead = 301_000;
    await refusedAs(await answer(agent, right), 'session.captcha_failed');
    await refusedAs(await tryPassword(agent), 'session.captcha_required');
    const { body: entries } = await api.get('/api/logs?logKey=Interaction.Create.Captcha&page_size=100');
    const reasons = entries.map(({ payload }: { payload: { params?: { reason?: string } } }) => payload.params?.reason);
    for (const reason of ['wrong number', 'malformed', 'not of this sign-in', 'expired'])
      assert.ok(reasons.includes(reason), reason);
  });

  it('is part of the forms, which work with its answer', async () => {
    const user = await visit(server);
    for (const path of ['/sign-in', '/register']) {
      const html = await (await user.get(`${path}?app_id=demo-app`)).text();
      assert.ok(challengeOn(html), path);
      assert.match(html, /<noscript><p[^>]*>This page uses JavaScript to check that you are not a robot/);
    }
    const missing = await user.post('/sign-in', { username, password });
    assert.equal(missing.status, 422);
    assert.equal((await shownError(missing.clone())).code, 'session.captcha_required');
    const captcha = solve(challengeOn(await missing.text()) as Challenge);
    const wrong = await user.post('/sign-in', { username, password: 'wrong', captcha });
    assert.equal((await shownError(wrong.clone())).code, 'session.invalid_credentials');
    assert.equal(challengeOn(await wrong.text()), undefined);
    assert.ok((await user.arrive(await user.post('/sign-in', { username, password }))).searchParams.get('code'));
  });

  it('is enabled only with a provider, and disabled with its deletion', async () => {
    assert.equal((await api.get('/api/captcha-provider')).body.config.type, 'ProofOfWork');
    assert.equal((await api.delete('/api/captcha-provider')).status, 204);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.captchaPolicy, { enabled: false });
    assertRefused(await api.get('/api/captcha-provider'), 404, 'entity.not_found');
    assertRefused(await api.delete('/api/captcha-provider'), 404, 'entity.not_found');
    const enable = () => api.patch('/api/sign-in-exp', { captchaPolicy: { enabled: true } });
    assertRefused(await enable(), 422, 'request.feature_not_supported');
    const withoutSecret = { config: { type: 'Turnstile', siteKey: 'a' } };
    assertRefused(await api.put('/api/captcha-provider', withoutSecret), 400, 'guard.invalid_input');
    assert.equal((await tryPassword(await begin())).status, 200);
    await api.put('/api/captcha-provider', proofOfWork);
    assert.equal((await enable()).status, 200);
  });
});
