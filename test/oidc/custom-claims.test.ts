import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CustomizedToken } from '@aldaba/contract';
import { decodeJwt } from 'jose';
import { createAgent } from '../support/agent.ts';
import { createParty, failureOf, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com';
const returning = (expression: string) => `const getCustomJwtClaims = async (input) => (${expression});`;
const running = (statements: string) => `const getCustomJwtClaims = async (input) => { ${statements} };`;

describe('Custom claims', () => {
  let provider: Provider;
  let userId: string;
  let party: Party;
  let machine: Party;
  before(async () => {
    provider = await startProvider();
    const { tenant, roles, resources } = provider;
    userId = (await provider.addUser({ username: 'ada', customData: { plan: 'gold' } })).id;
    await tenant.db.transaction(async (tx) => {
      await resources.create(tx, { name: 'API', indicator, accessTokenTtl: 3600 });
      const draft = { name: 'Painter', description: 'Paints', type: 'User' as const, isDefault: false };
      await roles.assign(tx, 'user', userId, [(await roles.create(tx, draft)).id]);
    });
    const client = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
    party = createParty(provider, { id: client.id, redirectUri });
    const m2m = await provider.addClient({ type: 'MachineToMachine' });
    machine = createParty(provider, { id: m2m.id, redirectUri, secret: m2m.secret ?? '' });
  });
  after(() => provider.close());

  const save = (script: string, more: object = {}, type: CustomizedToken = 'access-token') =>
    provider.customClaims.save(provider.tenant, type, { script, ...more });
  const wanted = { scope: 'openid offline_access', resource: indicator };
  const claimsOf = async (): Promise<Record<string, unknown>> => {
    const answer = await party.signIn(createAgent(), userId, wanted);
    const response = await party.redeem(answer.get('code') ?? '', { resource: indicator });
    assert.equal(response.status, 200, await response.clone().text());
    return decodeJwt(((await response.json()) as { access_token: string }).access_token);
  };
  const requestAsMachine = () => machine.token({ grant_type: 'client_credentials', resource: indicator });
  const test = (script: string) =>
    provider.customClaims.test(provider.tenant, { script }, { token: {}, context: { secret: 'of another run' } });
  const failed = async (script: string) => {
    const outcome = await test(script);
    return outcome.kind === 'failed' ? outcome.reason : JSON.stringify(outcome);
  };

  it('adds claims from a script that receives the token, the user, the application and its own variables', async () => {
    await save(
      returning(`{
        plan: input.context.user.customData.plan,
        roles: input.context.user.roles.map(({ name }) => name),
        app: input.context.application.type,
        from: input.token.accountId,
        key: input.environmentVariables.KEY,
        knowsPassword: JSON.stringify(input).includes('password_digest'),
      }`),
      { environmentVariables: { KEY: 'k' } },
    );
    const { plan, roles, app, from, key, knowsPassword } = await claimsOf();
    assert.deepEqual(
      { plan, roles, app, from, key, knowsPassword },
      { plan: 'gold', roles: ['Painter'], app: 'SPA', from: userId, key: 'k', knowsPassword: false },
    );
  });

  it('never replaces a claim of the protocol with a custom claim', async () => {
    await save(
      returning(
        `JSON.parse('{"sub":"root","aud":"other","iss":"evil","exp":9999999999,"scope":"all","client_id":"x","act":{"sub":"y"},"cnf":{},"__proto__":{"admin":true},"ok":1}')`,
      ),
    );
    const claims = await claimsOf();
    assert.deepEqual(
      [claims.sub, claims.aud, claims.iss, claims.client_id, claims.act, claims.cnf, claims.admin, claims.ok],
      [userId, indicator, provider.tenant.issuer, party.id, undefined, undefined, undefined, 1],
    );
    assert.ok(Number(claims.exp) < 9_999_999_999);
    assert.notEqual(claims.scope, 'all');
  });

  it('denies the token if the script denies it, even in a catch block, and keeps the refresh token usable', async () => {
    await save(returning('{}'));
    const { refresh_token: refreshToken } = await party.tokens(userId, wanted);
    await save(running(`try { input.api.denyAccess('Not on Sundays'); } catch {} return { ok: true };`));
    const refused = await failureOf(await party.refresh(refreshToken ?? '', { resource: indicator }));
    assert.deepEqual([refused.status, refused.error, refused.description], [400, 'access_denied', 'Not on Sundays']);
    await save(returning('{}'));
    assert.equal((await party.refresh(refreshToken ?? '', { resource: indicator })).status, 200);
  });

  it('omits custom claims if the script fails, or denies the token if the tenant is configured so', async () => {
    await save(running('throw new Error("boom")'));
    assert.equal((await claimsOf()).sub, userId);
    await save(running('throw new Error("boom")'), { blockIssuanceOnError: true }, 'client-credentials');
    const blocked = await failureOf(await requestAsMachine());
    assert.deepEqual([blocked.status, blocked.error], [400, 'invalid_request']);
    assert.equal(blocked.description.includes('boom'), false);
  });

  // security: script-tokens
  it('returns 503 instead of skipping custom claims if the script cannot run under overload', async () => {
    await save(returning('{}'));
    const { refresh_token: refreshToken = '' } = await party.tokens(userId, wanted);
    await save(running(`input.api.denyAccess('Nobody');`));
    const { id: owner } = provider.tenant;
    const task = { script: 'const main = () => { for (let i = 0; i < 1e5; i += 1); };', entry: 'main', input: '{}' };
    // As many as may wait, and the one that runs, each followed by the next at once: there is no room for another.
    let isCrowded = true;
    const crowd = Array.from({ length: 201 }, async () => {
      while (isCrowded) await provider.scripts.run(owner, task);
    });
    const response = await party.refresh(refreshToken, { resource: indicator });
    isCrowded = false;
    await Promise.all(crowd);
    assert.equal(response.headers.get('retry-after'), '2');
    const { status, error } = await failureOf(response);
    assert.deepEqual([status, error], [503, 'temporarily_unavailable']);
    const refused = await failureOf(await party.refresh(refreshToken, { resource: indicator }));
    assert.equal(refused.error, 'access_denied');
    await save(returning('{}'));
    assert.equal((await party.refresh(refreshToken, { resource: indicator })).status, 200);
  });

  // security: script-isolation
  it('gives a script no access to Node, the machine or the network', async () => {
    const outcome = await test(
      returning(`{
        seen: ['process', 'require', 'module', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Worker', 'Deno', 'Bun', 'std', 'os',
          'setTimeout', 'setInterval', 'queueMicrotask', 'WebAssembly', 'SharedArrayBuffer.x', 'performance', 'navigator',
          'global', 'self', 'window', 'importScripts', 'postMessage', 'parentPort']
          .filter((name) => name in globalThis),
        throughConstructor: ['process', 'require', 'fetch'].filter((name) =>
          (0, input.constructor.constructor)('return typeof ' + name)() !== 'undefined'),
        throughApi: (0, input.api.denyAccess.constructor)('return typeof process')(),
        throughConsole: (0, console.log.constructor)('return this && typeof this.process')(),
      }`),
    );
    assert.deepEqual(outcome, {
      kind: 'claims',
      claims: { seen: [], throughConstructor: [], throughApi: 'undefined', throughConsole: 'undefined' },
    });
    for (const module of ['node:fs', 'fs', 'node:child_process', 'data:text/javascript,1', './isolate.ts', 'std', 'os'])
      assert.equal(await failed(running(`await import('${module}'); return { got: true };`)), 'error', module);
  });

  it('stops an endless loop, a slow pattern and a promise that never settles, while the server keeps answering', async () => {
    const ends: string[] = [];
    const loop = failed('for (;;) {}').then((kind) => ends.push(kind));
    assert.equal((await fetch(`${provider.url}/oidc/jwks`)).status, 200);
    ends.push('keys');
    await loop;
    assert.deepEqual(ends, ['keys', 'time']);
    assert.equal(await failed(running('for (;;) await null;')), 'time');
    assert.equal(await failed(running(`/(a+)+$/.test('a'.repeat(50) + 'b'); return {};`)), 'time');
    assert.equal(await failed(running('try { for (;;) {} } finally { for (;;) {} }')), 'time');
    assert.equal(await failed(running('await new Promise(() => {}); return {};')), 'error');
  });

  // security: script-isolation
  it('ends only the isolate of a script that exhausts memory or recursion', async () => {
    const ends = ['memory', 'time', 'error'];
    for (const bomb of [
      'const all = []; for (;;) all.push(new Array(100000).fill(all));',
      `let text = 'x'; for (;;) text += text;`,
      'const dig = () => dig(); dig();',
      'new ArrayBuffer(2 ** 31);',
      'const nest = []; let at = nest; for (let i = 0; i < 1e6; i += 1) { at.push([]); at = at[0]; } return nest;',
      `return { text: 'x'.repeat(1e6) };`,
    ]) {
      const end = await failed(running(bomb));
      assert.ok([...ends, 'shape'].includes(end), `${bomb} ended in ${end}`);
    }
    assert.deepEqual(await test(returning('{ still: "here" }')), { kind: 'claims', claims: { still: 'here' } });
  });

  // security: script-isolation
  it('hides changes made by one run of a script from other runs and from the server', async () => {
    await test(
      running(`globalThis.left = input.context.secret; Object.prototype.polluted = 'yes'; JSON.parse = () => ({});
        Array.prototype.map = () => ['evil']; return {};`),
    );
    const outcome = await test(
      returning(`{ left: typeof left, polluted: ({}).polluted ?? null, map: [1].map((n) => n) }`),
    );
    assert.deepEqual(outcome, { kind: 'claims', claims: { left: 'undefined', polluted: null, map: [1] } });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('distinguishes a result that is not an object from a script that does not load', async () => {
    for (const value of ['[1]', '"text"', '5']) assert.equal(await failed(returning(value)), 'shape', value);
    assert.deepEqual(await test(running('')), { kind: 'claims', claims: {} });
    assert.equal(await failed('const other = 1;'), 'load');
    assert.equal(await failed('this is no script'), 'load');
  });
});
