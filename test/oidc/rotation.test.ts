import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import type { CustomClientMetadata } from '../../server/src/features/applications/applications/index.ts';
import { hashToken } from '../../server/src/kernel/crypto.ts';
import { createParty, encode, failureOf, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const day = 86_400_000;

describe('Refresh tokens', () => {
  let provider: Provider;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const register = async (
    type: 'Native' | 'SPA' | 'Traditional',
    customClientMetadata: CustomClientMetadata = {},
  ): Promise<Party> => {
    const { id, secret } = await provider.addClient({
      type,
      customClientMetadata,
      oidcClientMetadata: { redirectUris: [redirectUri] },
    });
    return createParty(provider, { id, redirectUri, ...(secret ? { secret } : {}) });
  };
  const refreshed = async (party: Party, token: string | undefined): Promise<Tokens & { refresh_token: string }> => {
    const response = await party.refresh(token ?? '');
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Tokens & { refresh_token: string };
  };
  const refusal = async (party: Party, token: string | undefined) =>
    (await failureOf(await party.refresh(token ?? ''))).error;
  const introspect = async (party: Party, token: string) =>
    (await (await party.post('/oidc/token/introspection', { token })).json()) as { exp: number; active: boolean };
  const rowOf = async (token: string | undefined) => {
    const [row] = await provider.database.system.raw<{ delivered: boolean; consumed_at: Date | null }>(
      'select delivered, consumed_at from refresh_tokens where token_hash = $1',
      [hashToken(token ?? '')],
    );
    return row;
  };
  const until = async (condition: () => Promise<boolean>) => {
    const deadline = Date.now() + 5000;
    while (!(await condition())) assert.ok(Date.now() < deadline, 'it did not happen in time');
  };
  /** Waits until the delivery of a token is noted. */
  const noted = (token: string) => until(async () => (await rowOf(token))?.delivered === true);
  /** Forgets it again, as a server does that was killed before it noted it. */
  const forget = (token: string) =>
    provider.database.system.raw('update refresh_tokens set delivered = false where token_hash = $1', [
      hashToken(token),
    ]);

  it('returns new tokens with the same refresh token and a new iat in the ID token (oidcc-refresh-token)', async () => {
    const party = await register('Native');
    const first = await party.tokens(userId);
    provider.clock.advance(10_000);
    const second = await refreshed(party, first.refresh_token);
    assert.notEqual(second.access_token, first.access_token);
    const [before, after] = [decodeJwt(first.id_token), decodeJwt(second.id_token)];
    assert.equal(after.sub, before.sub);
    assert.equal(after.auth_time, before.auth_time);
    assert.ok(Number(after.iat) >= Number(before.iat) + 10);
  });

  it('replaces the refresh token of a public client at every use, and accepts the old one for 3 more seconds', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token;
    const second = await refreshed(party, first);
    assert.notEqual(second.refresh_token, first);
    provider.clock.advance(2900);
    const again = await refreshed(party, first);
    assert.equal(again.refresh_token, second.refresh_token);
    await refreshed(party, second.refresh_token);
    await refreshed(party, again.refresh_token);
  });

  // security: refresh-tokens
  it('returns the one valid token of a chain for a replaced token, however often the chain was rotated', async () => {
    const party = await register('SPA');
    const first = (await party.tokens(userId)).refresh_token;
    const second = await refreshed(party, first);
    const third = await refreshed(party, second.refresh_token);
    provider.clock.advance(1000);
    assert.equal((await refreshed(party, first)).refresh_token, third.refresh_token);
    assert.equal((await refreshed(party, second.refresh_token)).refresh_token, third.refresh_token);
    const [live] = await provider.database.system.raw<{ count: number }>(
      `select count(*)::int from refresh_tokens where payload ->> 'clientId' = $1 and consumed_at is null`,
      [party.id],
    );
    assert.equal(live?.count, 1);
    provider.clock.advance(60_000);
    await refreshed(party, third.refresh_token);
  });

  // security: refresh-tokens
  it('never starts a second chain from a replaced token, also after many rotations within the grace period', async () => {
    const party = await register('SPA', { refreshTokenGracePeriod: 60 });
    const first = (await party.tokens(userId)).refresh_token ?? '';
    let live = first;
    for (let step = 0; step < 51; step += 1) live = (await refreshed(party, live)).refresh_token;
    assert.equal(await refusal(party, first), 'invalid_grant');
    await refreshed(party, live);
  });

  it('takes the grace period of a replaced token from the application, else from the tenant', async () => {
    const lost = async (party: Party, seconds: number) => {
      const first = (await party.tokens(userId)).refresh_token;
      const second = await refreshed(party, first);
      await noted(second.refresh_token);
      provider.clock.advance(seconds * 1000);
      return (await party.refresh(first ?? '')).status;
    };
    const [usual, patient, strict] = [
      await register('Native'),
      await register('Native', { refreshTokenGracePeriod: 60 }),
      await register('Native', { refreshTokenGracePeriod: 0 }),
    ];
    assert.deepEqual([await lost(patient, 59), await lost(patient, 61), await lost(strict, 1)], [200, 400, 400]);
    await provider.configs.changeSession(provider.tenant, { refreshTokenGracePeriod: 10 });
    assert.deepEqual([await lost(usual, 9), await lost(usual, 11), await lost(strict, 1)], [200, 400, 400]);
    await provider.configs.changeSession(provider.tenant, { refreshTokenGracePeriod: 3 });
  });

  // security: refresh-tokens
  it('revokes the grant and all its tokens if a replaced token is used after the grace period', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token;
    const second = await refreshed(party, first);
    const third = await refreshed(party, second.refresh_token);
    provider.clock.advance(3100);
    assert.equal(await refusal(party, first), 'invalid_grant');
    assert.equal(await refusal(party, third.refresh_token), 'invalid_grant');
    const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${third.access_token}` } });
    assert.equal(me.status, 401);
  });

  it('counts a token as replaced if its replacement was delivered but never used', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token;
    const second = await refreshed(party, first);
    await noted(second.refresh_token);
    provider.clock.advance(3100);
    assert.equal(await refusal(party, first), 'invalid_grant');
    assert.equal(await refusal(party, second.refresh_token), 'invalid_grant');
  });

  // security: refresh-tokens
  it('keeps a token valid and returns the same replacement if the replacement never reached the client', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token;
    const lost = await refreshed(party, first);
    await noted(lost.refresh_token);
    await forget(lost.refresh_token);
    provider.clock.advance(60_000);
    const second = await refreshed(party, first);
    assert.equal(second.refresh_token, lost.refresh_token);
    await refreshed(party, second.refresh_token);
  });

  it('replaces a lost random token of an earlier release with a new one', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token ?? '';
    const lost = await refreshed(party, first);
    const random = 'a token that an earlier release made';
    await noted(lost.refresh_token);
    await provider.database.system.raw(
      'update refresh_tokens set delivered = false, token_hash = $2 where token_hash = $1',
      [hashToken(lost.refresh_token), hashToken(random)],
    );
    provider.clock.advance(60_000);
    const second = await refreshed(party, first);
    assert.notEqual(second.refresh_token, random);
    assert.equal(await refusal(party, random), 'invalid_grant');
    await refreshed(party, second.refresh_token);
  });

  it('lets a client that disconnects before the response use its refresh token again', async () => {
    const party = await register('Native');
    const first = (await party.tokens(userId)).refresh_token ?? '';
    const { hostname, port } = new URL(provider.url);
    const body = encode({ client_id: party.id, grant_type: 'refresh_token', refresh_token: first }).toString();
    const head = `POST /oidc/token HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded`;
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, resolve));
    socket.resetAndDestroy();
    await until(async () => (await rowOf(first))?.consumed_at !== null);
    provider.clock.advance(60_000);
    // The server saw the reset before it had an answer, so nothing was delivered.
    await refreshed(party, first);
  });

  // security: refresh-tokens
  it('accepts all of twenty concurrent uses within the grace period, with one valid successor', async () => {
    const party = await register('SPA');
    const first = (await party.tokens(userId)).refresh_token ?? '';
    const responses = await Promise.all(Array.from({ length: 20 }, () => party.refresh(first)));
    assert.deepEqual([...new Set(responses.map(({ status }) => status))], [200]);
    const answers = (await Promise.all(responses.map((response) => response.json()))) as Tokens[];
    const successors = new Set(answers.map(({ refresh_token: token }) => token));
    assert.equal(successors.size, 1);
    assert.equal(new Set(answers.map(({ access_token: token }) => token)).size, 20);
    provider.clock.advance(60_000);
    await refreshed(party, [...successors][0]);
  });

  it('keeps the remaining lifetime in single-page applications, and starts a new one in others', async () => {
    for (const [type, slides] of [
      ['SPA', false],
      ['Native', true],
    ] as const) {
      const party = await register(type);
      const first = (await party.tokens(userId)).refresh_token ?? '';
      const { exp } = await introspect(party, first);
      provider.clock.advance(day);
      const second = await refreshed(party, first);
      assert.equal((await introspect(party, second.refresh_token)).exp > exp + 3600, slides, type);
    }
  });

  it('keeps the refresh token of a confidential client until 70 % of its lifetime have passed', async () => {
    const party = await register('Traditional', { refreshTokenTtlInDays: 10 });
    const first = (await party.tokens(userId)).refresh_token;
    provider.clock.advance(6 * day);
    assert.equal((await refreshed(party, first)).refresh_token, first);
    provider.clock.advance(1.1 * day);
    assert.notEqual((await refreshed(party, first)).refresh_token, first);
  });

  it('keeps refresh tokens if rotation is switched off', async () => {
    const party = await register('Native', { rotateRefreshToken: false });
    const first = (await party.tokens(userId)).refresh_token;
    assert.equal((await refreshed(party, first)).refresh_token, first);
  });

  it('expires refresh tokens after their lifetime', async () => {
    const party = await register('Native', { refreshTokenTtlInDays: 1 });
    const first = (await party.tokens(userId)).refresh_token;
    provider.clock.advance(day + 1000);
    assert.equal(await refusal(party, first), 'invalid_grant');
  });

  it('rejects a refresh token of another client', async () => {
    const [party, other] = [await register('Native'), await register('Native')];
    const { refresh_token: token } = await party.tokens(userId);
    assert.equal(await refusal(other, token), 'invalid_grant');
    await refreshed(party, token);
  });

  it('narrows the scopes of a refresh token on request and never widens them', async () => {
    const party = await register('Native');
    const { refresh_token: token } = await party.tokens(userId);
    const narrow = (await (await party.refresh(token ?? '', { scope: 'openid' })).json()) as Tokens;
    assert.equal(narrow.scope, 'openid');
    const wide = await failureOf(await party.refresh(narrow.refresh_token ?? '', { scope: 'openid email' }));
    assert.equal(wide.error, 'invalid_scope');
  });

  for (const type of ['Traditional', 'SPA', 'Native'] as const) {
    it(`issues a refresh token to a first-party ${type} application for offline_access, with and without prompt=consent`, async () => {
      const party = await register(type);
      for (const prompt of [null, 'login', 'consent']) {
        const { refresh_token: token, scope } = await party.tokens(userId, { prompt });
        assert.ok(token && scope.split(' ').includes('offline_access'), `prompt=${prompt}`);
      }
      assert.equal((await party.tokens(userId, { scope: 'openid' })).refresh_token, undefined);
    });

    it(`issues a refresh token to a ${type} application with alwaysIssueRefreshToken without offline_access`, async () => {
      const party = await register(type, { alwaysIssueRefreshToken: true });
      const { refresh_token: token } = await party.tokens(userId, { scope: 'openid', prompt: 'login' });
      await refreshed(party, token);
    });
  }

  // security: suspension
  it('rejects refresh tokens of a suspended user and of a deleted application', async () => {
    const party = await register('Native');
    const user = await provider.addUser({ username: 'eve' });
    // Roles and organizations are read with the user in one statement, other claims without.
    const scopes = ['openid offline_access', 'openid offline_access roles urn:logto:scope:organizations'];
    const tokens: (string | undefined)[] = [];
    for (const scope of scopes) tokens.push((await party.tokens(user.id, { scope })).refresh_token);
    // Not by the service, which ends the tokens: issuance has a check of its own.
    await provider.database.system.raw("update users set is_suspended = true where username = 'eve'");
    for (const token of tokens) assert.equal(await refusal(party, token), 'invalid_grant');
    const second = (await party.tokens(userId)).refresh_token;
    await provider.tenant.db.transaction((tx) => provider.applications.remove(tx, party.id));
    assert.equal(await refusal(party, second), 'invalid_client');
  });
});
