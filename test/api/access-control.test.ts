import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { experienceClient, UnexpectedAnswer } from '../support/agent.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Access rules of an application', () => {
  let server: TestServer;
  let api: Manager;
  let applicationId: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    applicationId = (await api.post('/api/applications', { name: 'Payroll', type: 'SPA' })).body.id;
  });
  after(() => server.close());

  const path = () => `/api/applications/${applicationId}/access-control`;
  const nobody = { userIds: [], userRoleIds: [], organizationIds: [], organizationRoleRules: [] };

  it('returns empty access rules at first, and replaces them as a whole', async () => {
    assert.deepEqual((await api.get(path())).body, nobody);
    const { body: user } = await api.post('/api/users', { username: 'ada' });
    const { body: role } = await api.post('/api/roles', { name: 'clerk', description: 'Pays' });
    const { body: organization } = await api.post('/api/organizations', { name: 'Works' });
    const { body: member } = await api.post('/api/organization-roles', { name: 'payer' });
    const rules = {
      userIds: [user.id],
      userRoleIds: [role.id],
      organizationIds: [organization.id],
      organizationRoleRules: [{ organizationId: organization.id, organizationRoleIds: [member.id] }],
    };
    assert.deepEqual((await api.put(path(), rules)).body, rules);
    assert.deepEqual((await api.get(path())).body, rules);
    await api.delete(`/api/users/${user.id}`);
    assert.deepEqual((await api.get(path())).body.userIds, []);
    assert.deepEqual((await api.put(path(), nobody)).body, nobody);
  });

  it('accepts only existing users, roles and organizations in access rules', async () => {
    for (const part of [
      { userIds: ['none'] },
      { userRoleIds: ['none'] },
      { organizationIds: ['none'] },
      { organizationRoleRules: [{ organizationId: 'none', organizationRoleIds: ['none'] }] },
    ])
      assertRefused(await api.put(path(), { ...nobody, ...part }), 422, 'entity.relation_foreign_key_not_found');
    const { body: machines } = await api.post('/api/roles', {
      name: 'machines',
      description: 'Machines',
      type: 'MachineToMachine',
    });
    assertRefused(await api.put(path(), { ...nobody, userRoleIds: [machines.id] }), 422, 'user.invalid_role_type');
    const { body: organization } = await api.post('/api/organizations', { name: 'Mill' });
    const { body: robot } = await api.post('/api/organization-roles', { name: 'robot', type: 'MachineToMachine' });
    const organizationRoleRules = [{ organizationId: organization.id, organizationRoleIds: [robot.id] }];
    assertRefused(await api.put(path(), { ...nobody, organizationRoleRules }), 422, 'user.invalid_role_type');
    const { body: machine } = await api.post('/api/applications', { name: 'M', type: 'MachineToMachine' });
    assertRefused(
      await api.put(`/api/applications/${machine.id}/access-control`, nobody),
      422,
      'application.invalid_type',
    );
    assertRefused(await api.get('/api/applications/none/access-control'), 404, 'entity.not_exists_with_id');
  });

  it('applies access rules while they are switched on', async () => {
    assert.equal((await api.get(`/api/applications/${applicationId}`)).body.appLevelAccessControlEnabled, false);
    const on = await api.patch(`/api/applications/${applicationId}`, { appLevelAccessControlEnabled: true });
    assert.equal(on.body.appLevelAccessControlEnabled, true);
    // Changing something else leaves the switch where it is.
    await api.patch(`/api/applications/${applicationId}`, { name: 'Payroll 2' });
    assert.equal((await api.get(`/api/applications/${applicationId}`)).body.appLevelAccessControlEnabled, true);
  });

  it('does not apply access rules to other applications', async () => {
    const password = 'correct horse battery 1';
    await api.post('/api/users', { username: 'grace', password });
    const app = experienceClient(server.url);
    const tokens = await app.redeem(await app.signIn('grace', password));
    await app.refresh(tokens.refresh_token);
    await assert.rejects(app.refresh('unknown'), UnexpectedAnswer);
  });
});
