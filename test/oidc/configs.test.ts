import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent } from '../support/agent.ts';
import { createParty, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Protocol settings of a tenant', () => {
  let provider: Provider;
  let userId: string;
  let party: Party;
  before(async () => {
    provider = await startProvider();
    const { tenant } = provider;
    userId = (await provider.addUser({ username: 'ada', customData: { color: 'green' } })).id;
    await tenant.db.transaction(async (tx) => {
      const draft = { name: 'Painter', description: 'Paints', type: 'User' as const, isDefault: false };
      await provider.roles.assign(tx, 'user', userId, [(await provider.roles.create(tx, draft)).id]);
    });
    const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
    party = createParty(provider, { id, redirectUri });
  });
  after(() => provider.close());

  const prompted = async (agent: ReturnType<typeof createAgent>) => {
    const response = await party.authorize(agent, { prompt: null, scope: 'openid' });
    return response.headers.get('location')?.startsWith('/sign-in') ?? false;
  };

  it('applies a changed session lifetime from the next sign-in on', async () => {
    await provider.configs.changeSession(provider.tenant, { ttl: 3600 });
    const agent = createAgent();
    await party.signIn(agent, userId);
    provider.clock.advance(3_500_000);
    assert.equal(await prompted(agent), false);
    provider.clock.advance(200_000);
    assert.equal(await prompted(agent), true);
    await provider.configs.changeSession(provider.tenant, { ttl: 14 * 86_400 });
    await party.signIn(agent, userId);
    provider.clock.advance(13 * 86_400_000);
    assert.equal(await prompted(agent), false);
  });

  it('adds enabled extended claims to ID tokens, and all of them to userinfo', async () => {
    const scope = { scope: 'openid roles custom_data' };
    const before = await party.tokens(userId, scope);
    assert.deepEqual(decodeJwt(before.id_token).roles, ['Painter']);
    assert.equal('custom_data' in decodeJwt(before.id_token), false);
    await provider.configs.changeIdToken(provider.tenant, { enabledExtendedClaims: ['custom_data'] });
    const after = await party.tokens(userId, scope);
    assert.deepEqual(decodeJwt(after.id_token).custom_data, { color: 'green' });
    assert.equal('roles' in decodeJwt(after.id_token), false);
    const headers = { authorization: `Bearer ${after.access_token}` };
    const userinfo = (await (await fetch(`${provider.url}/oidc/me`, { headers })).json()) as Record<string, unknown>;
    assert.deepEqual([userinfo.roles, userinfo.custom_data], [['Painter'], { color: 'green' }]);
  });
});
