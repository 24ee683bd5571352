import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type EveryGrant, everyGrant, indicator } from './every-grant.ts';
import { failureOf, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

/**
 * What counts as a statement: each one that is sent for a tenant, including `begin` and `commit`. Setting the tenant
 * of a connection does not count: it happens when the connection served another tenant before, whatever the grant.
 */
describe('SQL statements of a token grant', () => {
  let provider: Provider;
  let every: EveryGrant;
  before(async () => {
    provider = await startProvider({ isStill: true });
    every = await everyGrant(provider);
  });
  after(() => provider.close());

  const spent = async () => {
    const counts: Record<string, number> = {};
    for (const { name, prepare } of every.ways) {
      const send = await prepare();
      const begin = provider.database.statements.count;
      const response = await send();
      counts[name] = provider.database.statements.count - begin;
      assert.equal(response.status, 200, `${name}: ${await response.text()}`);
    }
    return counts;
  };
  const over = (counts: Record<string, number>) => Object.entries(counts).filter(([, count]) => count > 4);

  const limit = (appLevelAccessControlEnabled: boolean) =>
    provider.tenant.db.transaction(async (tx) => {
      for (const { id } of [every.spa, every.exchanger, every.foreign]) {
        const rules = { userIds: [every.userId], userRoleIds: [], organizationIds: [], organizationRoleRules: [] };
        await provider.accessControl.replace(tx, id, rules);
        await provider.applications.update(tx, id, { appLevelAccessControlEnabled });
      }
    });
  const customize = async (isCustomized: boolean) => {
    const { customClaims, tenant } = provider;
    const script = 'const getCustomJwtClaims = async () => ({ ok: 1 });';
    for (const type of ['access-token', 'client-credentials'] as const)
      await (isCustomized ? customClaims.save(tenant, type, { script }) : customClaims.remove(tenant, type));
  };

  for (const isLimited of [false, true]) {
    const where = isLimited ? ' where the access to the applications is limited' : '';

    it(`takes at most four statements${where} with warm caches, also with custom claims`, async () => {
      await limit(isLimited);
      await spent();
      const plain = await spent();
      await customize(true);
      await spent();
      const customized = await spent();
      await customize(false);
      assert.deepEqual(over(plain), []);
      assert.deepEqual(over(customized), []);
      assert.deepEqual(customized, plain);
      assert.equal(plain['client_credentials, for a resource'], 0);
    });
  }

  it('applies current roles and memberships to a token grant with warm caches', async () => {
    await limit(false);
    const { machine, spa, userId, roleIds, organizationId, organizations } = every;
    const { db } = provider.tenant;
    const tokens = await spa.tokens(userId, {
      scope: 'openid offline_access urn:logto:scope:organizations read',
      resource: indicator,
    });
    let { refresh_token: token = '' } = tokens;
    const refresh = async (extra: Record<string, string>) => {
      const response = await spa.refresh(token, extra);
      const answer = (await response.clone().json()) as Tokens;
      token = answer.refresh_token ?? token;
      return response.ok ? decodeJwt(answer.access_token).scope : (await failureOf(response)).error;
    };
    const asMachine = async (extra: Record<string, string>) => {
      const response = await machine.token({ grant_type: 'client_credentials', scope: 'read', ...extra });
      return response.ok
        ? decodeJwt(((await response.json()) as Tokens).access_token).scope
        : (await failureOf(response)).error;
    };
    const there = { organization_id: organizationId };
    const all = async () => [
      await refresh({ resource: indicator }),
      await refresh(there),
      await asMachine({ resource: indicator }),
      await asMachine(there),
    ];
    assert.deepEqual(await all(), ['read', 'read', 'read', 'read']);
    await db.transaction(async (tx) => {
      await provider.roles.unassign(tx, 'user', userId, roleIds.user);
      for (const id of roleIds.machine) await provider.roles.unassign(tx, 'application', machine.id, id);
      await organizations.removeMember(tx, { kind: 'user', organizationId, id: userId });
      await organizations.removeMember(tx, { kind: 'application', organizationId, id: machine.id });
    });
    assert.deepEqual(await all(), ['', 'access_denied', '', 'access_denied']);
  });
});
