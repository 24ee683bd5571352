import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type EveryGrant, everyGrant, indicator } from './every-grant.ts';
import { failureOf, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

/**
 * What counts as a statement: each one that is sent for a tenant, `begin` and `commit` with it. The message that tells a
 * connection its tenant does not: it is sent when the connection served another tenant before, which no grant decides.
 */
describe('A token grant, once caches are warm', () => {
  let provider: Provider;
  let every: EveryGrant;
  before(async () => {
    provider = await startProvider();
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

  it('takes at most four statements', async () => {
    await spent();
    const counts = await spent();
    assert.deepEqual(over(counts), []);
    const cached = Object.entries(counts).filter(([name]) => /^client_credentials, for a resource$/.test(name));
    assert.deepEqual(cached, [['client_credentials, for a resource', 0]]);
  });

  it('takes no more where the access to the applications is limited', async () => {
    const { db } = provider.tenant;
    const limit = (appLevelAccessControlEnabled: boolean) =>
      db.transaction(async (tx) => {
        for (const { id } of [every.spa, every.exchanger]) {
          const rules = { userIds: [every.userId], userRoleIds: [], organizationIds: [], organizationRoleRules: [] };
          await provider.accessControl.replace(tx, id, rules);
          await provider.applications.update(tx, id, { appLevelAccessControlEnabled });
        }
      });
    await limit(true);
    await spent();
    const counts = await spent();
    await limit(false);
    assert.deepEqual(over(counts), []);
  });

  it('takes no more when scripts customize the tokens, except for the person of an exchange', async () => {
    await spent();
    const plain = await spent();
    const script = 'const getCustomJwtClaims = async () => ({ ok: 1 });';
    for (const type of ['access-token', 'client-credentials'] as const)
      await provider.customClaims.save(provider.tenant, type, { script });
    await spent();
    const counts = await spent();
    for (const type of ['access-token', 'client-credentials'] as const)
      await provider.customClaims.remove(provider.tenant, type);
    const isExchange = ([name]: [string, number]) => name.startsWith('exchange');
    assert.deepEqual(
      Object.entries(counts).filter((entry) => !isExchange(entry)),
      Object.entries(plain).filter((entry) => !isExchange(entry)),
    );
    // A token that counts once, an actor and a script at once: each is a statement of its own, which together make one more.
    const rare = /^exchange of a subject token by an actor,/;
    assert.deepEqual(
      over(counts).filter(([name, count]) => !rare.test(name) || count > 5),
      [],
    );
  });

  it('sees roles and memberships as they are', async () => {
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
