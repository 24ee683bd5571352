import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Keys } from '../../server/src/oidc/keys.ts';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { createAgent } from '../support/agent.ts';
import { createParty } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const algorithms = ['RS256', 'ES256', 'ES384', 'ES512'] as const;
type Algorithm = (typeof algorithms)[number];
/** Milliseconds that a key is published before it signs; longer than the `max-age=0` of the key set. */
const lead = 600_000;

interface Issued {
  token: string;
  kid: string;
  /** Milliseconds. */
  at: number;
  until: number;
}
interface Snapshot {
  at: number;
  keySet: JSONWebKeySet;
}

describe('Rotation of signing keys', () => {
  let provider: Provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  const fetchKeys = async (tenant: Tenant): Promise<JSONWebKeySet> =>
    (await (await fetch(`${tenant.issuer}/jwks`)).json()) as JSONWebKeySet;

  /** Random rotations, tokens and fetched key sets on a tenant of its own, and what came of them. */
  const live = async (seed: number) => {
    const tenant = await provider.tenancy.create({ id: `random-${seed}`, name: 'Random' });
    const keys = provider.oidc.keys as unknown as Keys;
    const { clock } = provider;
    let state = seed;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    const issued: Issued[] = [];
    const snapshots: Snapshot[] = [];
    const firstSeen = new Map<string, number>();
    const early: string[] = [];
    const look = async () => {
      const keySet = await fetchKeys(tenant);
      snapshots.push({ at: clock.now(), keySet });
      for (const { kid = '' } of keySet.keys) if (!firstSeen.has(kid)) firstSeen.set(kid, clock.now());
    };
    const currents = async () => (await keys.list(tenant)).filter(({ status }) => status === 'current');
    await look();
    // The first keys of a tenant, and those of an emergency, sign before clients can know them.
    const exempt = new Set((await currents()).map(({ id }) => id));
    const sign = async () => {
      const known = await currents();
      const algorithm = known[random(known.length)]?.algorithm as Algorithm;
      const life = [60, 3600, 86_400, 864_000][random(4)] as number;
      const at = clock.now();
      const now = Math.floor(at / 1000);
      const token = await keys.sign(tenant, { sub: 'ada', exp: now + life }, { algorithm });
      const { kid = '' } = decodeProtectedHeader(token);
      if (!exempt.has(kid) && at - (firstSeen.get(kid) ?? at) < lead - 1000) early.push(kid);
      issued.push({ token, kid, at, until: (now + life) * 1000 });
    };
    const rotate = async () => {
      const wishes = [{}, {}, { kind: 'EC' }, { gracePeriod: 3600 }, { gracePeriod: 0 }] as const;
      const wish = random(3) === 0 ? { algorithm: algorithms[random(4)] as Algorithm } : wishes[random(5)];
      await keys.rotate(tenant, wish);
      if (wish && 'gracePeriod' in wish && wish.gracePeriod === 0)
        for (const { id } of await currents()) exempt.add(id);
    };
    for (let step = 0; step < 60; step += 1) {
      const choice = random(10);
      if (choice < 4) await sign();
      else if (choice < 6) await rotate();
      else clock.advance(([5, 30, 300, 900, 3600, 86_400, 400_000][random(7)] as number) * 1000);
      await look();
    }
    return { tenant, issued, snapshots, early };
  };

  for (const seed of [1, 20, 300, 4000]) {
    // security: key-rotation
    it(`verifies every token with any key set of its lifetime, and signs only with keys that clients know (seed ${seed})`, async () => {
      const { tenant, issued, snapshots, early } = await live(seed);
      assert.deepEqual(early, []);
      let checked = 0;
      for (const { token, kid, at, until } of issued)
        for (const { at: fetchedAt, keySet } of snapshots) {
          if (fetchedAt < at || fetchedAt >= until) continue;
          assert.ok(
            keySet.keys.some((key) => key.kid === kid),
            `the key of a token that lives until ${until} was not published at ${fetchedAt}`,
          );
          checked += 1;
          if (checked % 7 === 0)
            await jwtVerify(token, createLocalJWKSet(keySet), {
              issuer: tenant.issuer,
              currentDate: new Date(fetchedAt),
            });
        }
      assert.ok(checked > 50, `only ${checked} pairs of token and key set`);
    });
  }

  it('keeps every token valid through two rotations within a minute', async () => {
    const tenant = await provider.tenancy.get('other');
    const keys = provider.oidc.keys as unknown as Keys;
    const now = () => Math.floor(provider.clock.now() / 1000);
    const tokens = [];
    for (const wish of [{}, {}, { algorithm: 'RS256' as const }, { gracePeriod: 0 }, { gracePeriod: 0 }]) {
      tokens.push(await keys.sign(tenant, { sub: 'ada', exp: now() + 3600 }));
      await keys.rotate(tenant, wish);
      provider.clock.advance(10_000);
    }
    const keySet = createLocalJWKSet(await fetchKeys(tenant));
    for (const token of tokens) {
      await jwtVerify(token, keySet, { issuer: tenant.issuer, currentDate: new Date(provider.clock.now()) });
      assert.ok(await keys.verify(tenant, token, {}));
    }
  });

  // security: key-rotation
  it('publishes a replaced key until 10 minutes after its longest-lived token has expired', async () => {
    const tenant = await provider.tenancy.create({ id: 'ends', name: 'Ends' });
    const keys = provider.oidc.keys as unknown as Keys;
    const exp = Math.floor(provider.clock.now() / 1000) + 50_000;
    const token = await keys.sign(tenant, { sub: 'ada', exp }, { algorithm: 'RS256' });
    const { kid } = decodeProtectedHeader(token);
    await keys.rotate(tenant, { gracePeriod: 0 });
    const isPublished = async () => (await fetchKeys(tenant)).keys.some((key) => key.kid === kid);
    provider.clock.advance(50_000_000 + 500_000);
    assert.equal(await isPublished(), true);
    provider.clock.advance(200_000);
    assert.equal(await isPublished(), false);
    // After its publication ends a key verifies hints only, even if the time of a token is forged.
    assert.equal(await keys.verify(tenant, token, {}), undefined);
    assert.ok(await keys.verify(tenant, token, { allowExpired: true }));
  });

  it('accepts an id_token_hint of a replaced key for sign-out, unless the key was deleted', async () => {
    const redirectUri = 'https://app.example.com/callback';
    const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
    const party = createParty(provider, { id, redirectUri });
    const user = await provider.addUser({ username: 'ada' });
    const agent = createAgent();
    const { id_token: hint } = await party.tokens(user.id, {}, agent);
    const end = () => agent.fetch(`${provider.url}/oidc/session/end?${new URLSearchParams({ id_token_hint: hint })}`);
    await provider.oidc.keys.rotate(provider.tenant, { gracePeriod: 0 });
    provider.clock.advance(30 * 86_400_000);
    assert.equal((await end()).status, 200);
    await provider.oidc.keys.drop(provider.tenant, decodeProtectedHeader(hint).kid ?? '');
    assert.equal((await end()).status, 400);
  });
});
