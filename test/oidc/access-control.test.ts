import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { answerOf, createParty, failureOf, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Access rules of an application', () => {
  let provider: Provider;
  let party: Party;
  before(async () => {
    provider = await startProvider();
    const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
    party = createParty(provider, { id, redirectUri });
    await switchAccess(true);
  });
  after(() => provider.close());

  const switchAccess = (appLevelAccessControlEnabled: boolean) =>
    provider.tenant.db.transaction((tx) =>
      provider.applications.update(tx, party.id, { appLevelAccessControlEnabled }),
    );
  const nobody = { userIds: [], userRoleIds: [], organizationIds: [], organizationRoleRules: [] };
  const allow = (rules: Partial<Parameters<Provider['accessControl']['replace']>[2]>) =>
    provider.tenant.db.transaction((tx) => provider.accessControl.replace(tx, party.id, { ...nobody, ...rules }));

  // security: application-access
  it('rejects users whom no access rule allows, even if they are signed in elsewhere', async () => {
    await allow({});
    const { id } = await provider.addUser({ username: 'stranger' });
    const agent = createAgent();
    assert.equal((await party.signIn(agent, id)).get('error'), 'access_denied');
    const silent = answerOf(await party.authorize(agent, { prompt: 'none' }));
    assert.equal(silent.get('error'), 'access_denied');
    assert.equal(silent.get('code'), null);
  });

  // security: application-access
  it('allows users named by an access rule until the rule is removed, which also stops their refresh tokens', async () => {
    const { id } = await provider.addUser({ username: 'clerk' });
    await allow({ userIds: [id] });
    const tokens = await party.tokens(id);
    const refreshed = (await (await party.refresh(tokens.refresh_token ?? '')).json()) as { refresh_token: string };
    await allow({});
    const failure = await failureOf(await party.refresh(refreshed.refresh_token));
    assert.equal(`${failure.status} ${failure.error}`, '400 access_denied');
    // What was only withheld works again.
    await allow({ userIds: [id] });
    assert.equal((await party.refresh(refreshed.refresh_token)).status, 200);
  });

  it('allows users with an allowed role from the next request on', async () => {
    const { id } = await provider.addUser({ username: 'promoted' });
    const role = await provider.tenant.db.transaction((tx) =>
      provider.roles.create(tx, { name: 'staff', description: 'Staff', type: 'User', isDefault: false }),
    );
    await allow({ userRoleIds: [role.id] });
    assert.equal((await party.signIn(createAgent(), id)).get('error'), 'access_denied');
    await provider.tenant.db.transaction((tx) => provider.roles.assign(tx, 'user', id, [role.id]));
    const tokens = await party.tokens(id);
    await provider.tenant.db.transaction((tx) => provider.roles.unassign(tx, 'user', id, role.id));
    assert.equal((await failureOf(await party.refresh(tokens.refresh_token ?? ''))).error, 'access_denied');
  });

  it('allows members of an allowed organization, or only members with an allowed role in it', async () => {
    const [member, head] = [
      await provider.addUser({ username: 'member' }),
      await provider.addUser({ username: 'head' }),
    ];
    const { db } = provider.tenant;
    const id = (text: string) => [db.tenantId, text];
    await db.raw('insert into organizations (tenant_id, id, name) values ($1, $2, $2)', id('works'));
    await db.raw('insert into organization_roles (tenant_id, id, name) values ($1, $2, $2)', id('lead'));
    for (const user of [member, head])
      await db.raw('insert into organization_users (tenant_id, organization_id, user_id) values ($1, $2, $3)', [
        ...id('works'),
        user.id,
      ]);
    await db.raw(
      'insert into organization_user_roles (tenant_id, organization_id, user_id, organization_role_id) values ($1, $2, $3, $4)',
      [...id('works'), head.id, 'lead'],
    );
    await allow({ organizationRoleRules: [{ organizationId: 'works', organizationRoleIds: ['lead'] }] });
    assert.equal((await party.signIn(createAgent(), member.id)).get('error'), 'access_denied');
    assert.ok((await party.signIn(createAgent(), head.id)).get('code'));
    await allow({ organizationIds: ['works'] });
    assert.ok((await party.signIn(createAgent(), member.id)).get('code'));
  });

  it('allows every user if the access rules of an application are switched off', async () => {
    await allow({});
    await switchAccess(false);
    const { id } = await provider.addUser({ username: 'anybody' });
    await party.tokens(id);
    await switchAccess(true);
  });
});
