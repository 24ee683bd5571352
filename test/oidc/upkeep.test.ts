import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sweepExpired } from '../../server/src/oidc/store/sweep.ts';
import { createAgent } from '../support/agent.ts';
import { createParty, encode, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

describe('Maintenance of protocol data', () => {
  let provider: Provider;
  let party: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider({ isStill: true });
    party = createParty(provider, { id: 'demo-app', redirectUri: `${provider.url}/demo-app` });
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const rows = async (table: string) =>
    (await provider.database.system.raw<{ count: number }>(`select count(*)::int as count from ${table}`))[0]?.count;

  it('deletes expired protocol rows in batches, and keeps valid and locked ones', async () => {
    await party.tokens(userId);
    await provider.database.system.raw(
      `insert into access_tokens (tenant_id, token_hash, application_id, scope, expires_at)
       select 'default', 'old' || n, 'demo-app', '', now() - interval '1 day' from generate_series(1, 1200) n`,
    );
    const held = await provider.database.tenant('default').transaction(async (tx) => {
      await tx.raw("select 1 from access_tokens where tenant_id = 'default' and token_hash = 'old7' for update");
      return sweepExpired(provider.database, provider.clock.now(), () => false);
    });
    assert.equal(held, 1199);
    assert.equal(await rows('access_tokens'), 2);
    assert.equal(await sweepExpired(provider.database, provider.clock.now(), () => false), 1);
    provider.clock.advance(400 * 86_400_000);
    await sweepExpired(provider.database, provider.clock.now(), () => false);
    for (const table of [
      'access_tokens',
      'refresh_tokens',
      'authorization_codes',
      'grants',
      'sessions',
      'interactions',
    ]) {
      assert.equal(await rows(table), 0, table);
    }
  });

  it('stores private keys encrypted in the database', async () => {
    const dump = JSON.stringify(await provider.database.system.raw('select * from signing_keys'));
    assert.equal(/"d":|PRIVATE/.test(dump), false);
  });

  it('keeps the newest grants of a user if the application limits their number', async () => {
    const redirectUri = 'https://client.example.com/callback';
    const { id } = await provider.addClient({
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri] },
      customClientMetadata: { maxAllowedGrants: 2 },
    });
    const limited = createParty(provider, { id, redirectUri });
    const tokens = [];
    for (let number = 0; number < 3; number += 1) tokens.push(await limited.tokens(userId, {}, createAgent()));
    const statuses = [];
    for (const { refresh_token: token } of tokens) statuses.push((await limited.refresh(token ?? '')).status);
    assert.deepEqual(statuses, [400, 200, 200]);
  });

  it('ends grants beyond a lowered limit at the next authorization, which keeps its own grant, however old', async () => {
    const redirectUri = 'https://client.example.com/callback';
    const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
    const party = createParty(provider, { id, redirectUri });
    const [oldest, newest] = [createAgent(), createAgent()];
    await party.tokens(userId, {}, oldest);
    const { refresh_token: late = '' } = await party.tokens(userId, {}, newest);
    await provider.tenant.db.transaction((tx) =>
      provider.applications.update(tx, id, { customClientMetadata: { maxAllowedGrants: 1 } }),
    );
    const { refresh_token: again = '' } = await party.tokens(userId, {}, oldest);
    assert.deepEqual([(await party.refresh(late)).status, (await party.refresh(again)).status], [400, 200]);
  });

  it('limits the number of SQL statements for each token exchange', async () => {
    const tokens = await party.tokens(userId);
    const count = async (work: () => Promise<Response>) => {
      const before = provider.database.statements.count;
      const response = await work();
      assert.equal(response.status, 200);
      return provider.database.statements.count - before;
    };
    const me = () => fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    await me();
    // The tenant of a connection may have to be set first.
    assert.ok((await count(me)) <= 3);
    assert.ok((await count(() => party.refresh(tokens.refresh_token ?? ''))) <= 4);
    const { id, secret = '' } = await provider.addClient({ type: 'MachineToMachine' });
    const machine = () =>
      fetch(`${provider.url}/oidc/token`, {
        method: 'POST',
        body: encode({
          grant_type: 'client_credentials',
          client_id: id,
          client_secret: secret,
          resource: provider.tenant.managementIndicator,
          scope: 'all',
        }),
      });
    await machine();
    assert.equal(await count(machine), 0);
    for (const path of ['/oidc/jwks', '/oidc/.well-known/openid-configuration']) {
      assert.equal(await count(() => fetch(`${provider.url}${path}`)), 0);
    }
  });
});
