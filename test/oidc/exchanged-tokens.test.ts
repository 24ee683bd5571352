import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent } from '../support/agent.ts';
import { createParty, type Extra, failureOf, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com/';
const otherIndicator = 'https://other.example.com/';
const types = {
  access: 'urn:ietf:params:oauth:token-type:access_token',
  impersonation: 'urn:logto:token-type:impersonation_token',
  personal: 'urn:logto:token-type:personal_access_token',
};

interface Granted {
  access_token: string;
  expires_in: number;
}

/** Tokens that came out of an exchange, and what they came from. */
describe('Exchanged tokens', () => {
  let provider: Provider;
  let exchanger: Party;
  let own: Party;
  let spa: Party;
  before(async () => {
    provider = await startProvider();
    const register = async (type: 'Traditional' | 'SPA', allowTokenExchange: boolean) => {
      const { id, secret } = await provider.addClient({
        type,
        oidcClientMetadata: { redirectUris: [redirectUri] },
        customClientMetadata: { allowTokenExchange },
      });
      return createParty(provider, { id, redirectUri, ...(secret ? { secret } : {}) });
    };
    exchanger = await register('Traditional', true);
    own = await register('Traditional', false);
    spa = await register('SPA', true);
    for (const name of [indicator, otherIndicator])
      await provider.resources.create(provider.tenant.db, { name, indicator: name, accessTokenTtl: 3600 });
  });
  after(() => provider.close());

  const newUser = async () => (await provider.addUser()).id;
  const exchange = (token: string, type: string, extra: Extra = {}, party = exchanger) =>
    party.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: type,
      ...extra,
    });
  const granted = async (response: Response): Promise<Granted> => {
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Granted;
  };
  const refusal = async (token: string, extra: Extra = {}) => {
    const failure = await failureOf(await exchange(token, types.access, extra));
    return `${failure.status} ${failure.error}`;
  };
  const opens = async (token: string) =>
    (await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${token}` } })).ok;
  /** A JWT and an opaque token, exchanged from another token. */
  const both = async (token: string, type: string = types.access) => ({
    jwt: (await granted(await exchange(token, type, { resource: indicator }))).access_token,
    opaque: (await granted(await exchange(token, type, { scope: 'openid' }))).access_token,
  });
  const subjectToken = async (userId: string) =>
    (await provider.subjectTokens.create(provider.tenant.db, { userId })).subjectToken;
  const personalToken = async (userId: string, expiresAt?: number) =>
    (await provider.personalAccessTokens.create(provider.tenant.db, userId, { name: 'program', expiresAt })).value;
  const endSession = async (userId: string, revoke?: 'all') => {
    const [session] = await provider.oidc.sessions.list(provider.tenant, userId);
    await provider.oidc.sessions.end(provider.tenant, { userId, uid: session?.payload.uid ?? '', revoke });
  };
  /** The JWT that a sign-in gives for the API. */
  const signedIn = async (userId: string, party = own) => {
    const { refresh_token: token = '' } = await party.tokens(userId, { resource: indicator });
    return (await granted(await party.refresh(token, { resource: indicator }))).access_token;
  };
  const isDead = async ({ jwt, opaque }: { jwt: string; opaque: string }) => {
    assert.equal(await refusal(jwt, { resource: indicator }), '400 invalid_grant');
    assert.equal(await refusal(jwt), '400 invalid_grant');
    assert.equal(await refusal(opaque), '400 invalid_grant');
    assert.equal(await opens(opaque), false);
  };

  const endings: [what: string, end: (userId: string) => Promise<unknown>][] = [
    ['its session ends with the grants', (userId) => endSession(userId, 'all')],
    [
      'its grant is revoked',
      async (userId) => {
        const [grant] = await provider.oidc.sessions.listGrants(provider.tenant, userId);
        await provider.oidc.sessions.revokeGrant(provider.tenant, userId, grant?.id ?? '');
      },
    ],
    [
      'the password is replaced',
      (userId) => provider.tenant.db.transaction((tx) => provider.users.resetPassword(tx, userId, 'none' as never)),
    ],
    [
      'the user is suspended',
      (userId) => provider.tenant.db.transaction((tx) => provider.users.update(tx, userId, { isSuspended: true })),
    ],
    ['the user is deleted', (userId) => provider.tenant.db.transaction((tx) => provider.users.remove(tx, userId))],
  ];
  for (const [what, end] of endings) {
    it(`revokes an exchanged token and all tokens derived from it when ${what}`, async () => {
      const userId = await newUser();
      const first = await both(await signedIn(userId));
      const second = await both(first.jwt);
      const third = await both(second.opaque);
      await end(userId);
      for (const made of [first, second, third]) await isDead(made);
    });
  }

  it('keeps an exchanged token revoked after the user’s suspension ends', async () => {
    const userId = await newUser();
    const made = await both(await signedIn(userId));
    for (const isSuspended of [true, false])
      await provider.tenant.db.transaction((tx) => provider.users.update(tx, userId, { isSuspended }));
    await isDead(made);
  });

  it('ends an exchanged token with the session unless its subject token had offline_access', async () => {
    const userId = await newUser();
    const { access_token: bound } = await own.tokens(userId, { scope: 'openid' });
    const made = await both(bound);
    const deeper = await both(made.jwt);
    await endSession(userId);
    await isDead(made);
    await isDead(deeper);

    const other = await newUser();
    const offline = await both(await signedIn(other));
    await endSession(other);
    await both(offline.jwt);
    assert.equal(await opens(offline.opaque), true);
  });

  // security: token-exchange
  it('revokes an exchanged token with the personal access token it came from', async () => {
    const userId = await newUser();
    const first = await both(await personalToken(userId), types.personal);
    const second = await both(first.jwt);
    await provider.personalAccessTokens.remove(provider.tenant.db, { userId, name: 'program' });
    await isDead(first);
    await isDead(second);
  });

  // security: token-exchange
  it('expires an exchanged token no later than its origin, however often it is exchanged', async () => {
    const start = provider.clock.now();
    const userId = await newUser();
    const sources: [token: string, type: string, seconds: number][] = [
      [await signedIn(userId), types.access, 3600],
      [(await own.tokens(userId)).access_token, types.access, 3600],
      [await subjectToken(userId), types.impersonation, 600],
      [await personalToken(userId, start + 900_000), types.personal, 900],
    ];
    const chains: { token: string; end: number }[] = [];
    for (const [source, type, seconds] of sources) {
      const { access_token: token } = await granted(await exchange(source, type, { resource: indicator }));
      chains.push({ token, end: start / 1000 + seconds + 5 });
    }
    for (let round = 0; round < 3; round += 1) {
      provider.clock.advance(100_000);
      for (const chain of chains) {
        const resource = round % 2 ? indicator : otherIndicator;
        const made = await granted(await exchange(chain.token, types.access, { resource }));
        const { exp = 0, iat = 0 } = decodeJwt(made.access_token);
        assert.ok(exp <= chain.end, `${exp} is later than ${chain.end}`);
        assert.equal(made.expires_in, exp - iat);
        const opaque = await granted(await exchange(made.access_token, types.access, { scope: 'openid' }));
        assert.ok(iat + opaque.expires_in <= chain.end + 1);
        chain.token = made.access_token;
      }
    }
    provider.clock.advance(3_300_000);
    for (const { token } of chains) assert.equal(await refusal(token), '400 invalid_grant');
  });

  // security: token-exchange
  it('revokes an impersonation token when the user’s password is replaced', async () => {
    const userId = await newUser();
    const { access_token: jwt } = await granted(
      await exchange(await subjectToken(userId), types.impersonation, { resource: indicator }),
    );
    const { access_token: opaque } = await granted(
      await exchange(await subjectToken(userId), types.impersonation, { scope: 'openid' }),
    );
    const unused = await subjectToken(userId);
    await provider.tenant.db.transaction((tx) => provider.users.resetPassword(tx, userId, 'none' as never));
    await isDead({ jwt, opaque });
    assert.equal((await exchange(unused, types.impersonation)).status, 400);
  });

  it('revokes an exchanged token alone, without the grant it came from', async () => {
    const userId = await newUser();
    const tokens = await own.tokens(userId);
    const { opaque } = await both(tokens.access_token);
    assert.equal((await exchanger.post('/oidc/token/revocation', { token: opaque })).status, 200);
    assert.equal(await opens(opaque), false);
    assert.equal(await opens(tokens.access_token), true);
    assert.equal((await own.refresh(tokens.refresh_token ?? '')).status, 200);
  });

  // security: token-exchange
  it('exchanges an access token for a public client only if the token was issued to that client', async () => {
    const userId = await newUser();
    for (const foreign of [await signedIn(userId), (await own.tokens(userId)).access_token]) {
      const failure = await failureOf(await exchange(foreign, types.access, { resource: indicator }, spa));
      assert.equal(`${failure.status} ${failure.error}`, '400 invalid_grant');
      assert.match(failure.description, /public client/);
    }
    const mine = await signedIn(userId, spa);
    const made = await granted(await exchange(mine, types.access, { resource: otherIndicator }, spa));
    await granted(await exchange(made.access_token, types.access, { scope: 'openid' }, spa));
    await endSession(userId, 'all');
    assert.equal((await exchange(made.access_token, types.access, {}, spa)).status, 400);
  });

  // security: token-exchange
  it('never lets an exchanged token outlive its origin, and ends every token of a random chain together', async () => {
    let seed = 20_261_128;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let run = 0; run < 6; run += 1) {
      const userId = await newUser();
      const origin = await granted(
        await own.refresh((await own.tokens(userId, { resource: indicator }, createAgent())).refresh_token ?? '', {
          resource: indicator,
        }),
      );
      const end = provider.clock.now() / 1000 + origin.expires_in + 1;
      const made: { token: string; isJwt: boolean }[] = [{ token: origin.access_token, isJwt: true }];
      for (let step = 0; step < 8; step += 1) {
        provider.clock.advance(random(200) * 1000);
        const from = made[random(made.length)];
        const isJwt = random(2) === 0;
        const extra: Extra = isJwt ? { resource: random(2) ? indicator : otherIndicator } : { scope: 'openid' };
        const next = await granted(await exchange(from?.token ?? '', types.access, extra));
        assert.ok(provider.clock.now() / 1000 + next.expires_in <= end + 1);
        made.push({ token: next.access_token, isJwt });
      }
      await (endings[random(4)]?.[1] ?? endSession)(userId);
      for (const { token, isJwt } of made) {
        assert.equal(await refusal(token), '400 invalid_grant');
        if (!isJwt) assert.equal(await opens(token), false);
      }
    }
  });
});
