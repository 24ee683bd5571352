import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOrganizationInvitations } from '../../server/src/features/organizations/organization-invitations/index.ts';
import { AldabaError } from '../../server/src/kernel/errors.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

const path = '/api/organization-invitations';
const unknownId = 'entity.relation_foreign_key_not_found';
const hour = 3_600_000;

describe('Organization invitations', () => {
  let server: TestServer;
  let api: Manager;
  let ahead = 0;
  const now = () => Date.now() + ahead;
  before(async () => {
    server = await startServer({ world: { clock: { now } } });
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (at: string, body: object) => {
    const reply = await api.post(at, body);
    assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
    return reply.body;
  };
  const organization = async () => (await create('/api/organizations', { name: 'Acme' })).id as string;
  const draft = (organizationId: string, invitee: string, body: object = {}) => ({
    organizationId,
    invitee,
    expiresAt: now() + hour,
    ...body,
  });
  const rolesOf = async (organizationId: string, userId: string) => {
    const { body } = await api.get(`/api/organizations/${organizationId}/users/${userId}/roles`);
    return body.map(({ name }: { name: string }) => name);
  };

  // security: organization-strangers
  it('adds a user who accepts an invitation as a member, with the roles', async () => {
    const organizationId = await organization();
    const role = await create('/api/organization-roles', { name: 'Invited' });
    const inviter = await create('/api/users', { username: 'inviter' });
    await api.post(`/api/organizations/${organizationId}/users`, { userIds: [inviter.id] });
    const expiresAt = now() + hour;
    const made = await create(path, {
      ...draft(organizationId, 'Ada@acme.test', { expiresAt }),
      inviterId: inviter.id,
      organizationRoleIds: [role.id],
    });
    assert.deepEqual(made, {
      tenantId: 'default',
      id: made.id,
      inviterId: inviter.id,
      invitee: 'Ada@acme.test',
      acceptedUserId: null,
      organizationId,
      status: 'Pending',
      createdAt: made.createdAt,
      updatedAt: made.updatedAt,
      expiresAt,
      organizationRoles: [{ id: role.id, name: 'Invited' }],
    });
    assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);

    const ada = await create('/api/users', { primaryEmail: 'ada@ACME.test' });
    const eve = await create('/api/users', { primaryEmail: 'eve@acme.test' });
    const status = `${path}/${made.id}/status`;
    const refused = 'request.invalid_input';
    assertRefused(await api.put(status, { status: 'Accepted' }), 422, refused);
    assertRefused(await api.put(status, { status: 'Accepted', acceptedUserId: 'nobody' }), 422, refused);
    assertRefused(await api.put(status, { status: 'Accepted', acceptedUserId: eve.id }), 422, refused);
    assert.equal((await api.put(status, { status: 'Pending' })).status, 400);
    const accepted = await api.put(status, { status: 'Accepted', acceptedUserId: ada.id });
    assert.deepEqual([accepted.status, accepted.body.status, accepted.body.acceptedUserId], [200, 'Accepted', ada.id]);
    assert.deepEqual(await rolesOf(organizationId, ada.id), ['Invited']);
    // An accepted invitation can be neither undone nor used again.
    assertRefused(await api.put(status, { status: 'Accepted', acceptedUserId: ada.id }), 422, refused);
    assertRefused(await api.put(status, { status: 'Revoked' }), 422, refused);
    assertRefused(await api.post(path, draft(organizationId, 'ada@acme.test')), 422, refused);
    assert.equal((await api.delete(`${path}/${made.id}`)).status, 204);
    for (const reply of [await api.get(`${path}/${made.id}`), await api.delete(`${path}/${made.id}`)])
      assertRefused(reply, 404, 'entity.not_exists_with_id');
    assert.deepEqual(await rolesOf(organizationId, ada.id), ['Invited']);
  });

  it('expires and revokes an invitation, and then allows another one', async () => {
    const organizationId = await organization();
    const user = await create('/api/users', { primaryEmail: 'late@acme.test' });
    const first = await create(path, draft(organizationId, 'late@acme.test'));
    const repeated = await api.post(path, draft(organizationId, 'LATE@acme.test'));
    assertRefused(repeated, 422, 'entity.unique_integrity_violation');
    assert.deepEqual(repeated.body.data, { field: 'invitee' });
    const accept = { status: 'Accepted', acceptedUserId: user.id };
    ahead += 2 * hour;
    api = await manage(server);
    assert.equal((await api.get(`${path}/${first.id}`)).body.status, 'Expired');
    assertRefused(await api.put(`${path}/${first.id}/status`, accept), 422, 'request.invalid_input');
    const second = await create(path, draft(organizationId, 'late@acme.test'));
    const revoked = await api.put(`${path}/${second.id}/status`, { status: 'Revoked' });
    assert.equal(revoked.body.status, 'Revoked');
    assertRefused(await api.put(`${path}/${second.id}/status`, accept), 422, 'request.invalid_input');
    const third = await create(path, draft(organizationId, 'late@acme.test'));
    const listed = (await api.get(`${path}?organizationId=${organizationId}&invitee=late@acme.test`)).body;
    assert.deepEqual(
      listed.map(({ id, status }: { id: string; status: string }) => [id, status]).sort(),
      [
        [first.id, 'Expired'],
        [second.id, 'Revoked'],
        [third.id, 'Pending'],
      ].sort(),
    );
    assert.deepEqual((await api.get(`${path}?inviterId=${user.id}`)).body, []);
  });

  // security: single-use
  it('decides an invitation once, also if it is accepted and revoked concurrently', async () => {
    const organizationId = await organization();
    const user = await create('/api/users', { primaryEmail: 'both@acme.test' });
    const { id } = await create(path, draft(organizationId, 'both@acme.test'));
    const decisions = [{ status: 'Accepted', acceptedUserId: user.id }, { status: 'Revoked' }];
    const answers = await race(
      server.app.database,
      'organization_invitations',
      decisions.map((decision) => () => api.put(`${path}/${id}/status`, decision)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422]);
    const members = (await api.get(`/api/organizations/${organizationId}/users`)).body;
    assert.equal(members.length === 1, (await api.get(`${path}/${id}`)).body.status === 'Accepted');
  });

  it('rejects an invitation that the recipient could not accept', async () => {
    const organizationId = await organization();
    const robot = await create('/api/organization-roles', { name: 'Robot', type: 'MachineToMachine' });
    const stranger = await create('/api/users', { username: 'stranger' });
    const body = draft(organizationId, 'new@acme.test');
    assertRefused(await api.post(path, { ...body, expiresAt: now() - 1 }), 400, 'guard.invalid_input');
    assertRefused(await api.post(path, { ...body, invitee: 'nobody' }), 400, 'guard.invalid_input');
    assertRefused(await api.post(path, { ...body, organizationId: 'none' }), 422, unknownId);
    assertRefused(await api.post(path, { ...body, inviterId: stranger.id }), 422, 'organization.require_membership');
    assertRefused(await api.post(path, { ...body, organizationRoleIds: ['none'] }), 422, unknownId);
    assertRefused(
      await api.post(path, { ...body, organizationRoleIds: [robot.id] }),
      422,
      'entity.db_constraint_violated',
    );
    assert.deepEqual((await api.get(`${path}?organizationId=${organizationId}`)).body, []);
  });

  it('requires an email connector to send an invitation', async () => {
    await api.patch('/api/configs/inbox', { enabled: false });
    const organizationId = await organization();
    const body = draft(organizationId, 'new@acme.test', { messagePayload: { link: 'https://acme.test/join' } });
    assertRefused(await api.post(path, body), 501, 'connector.not_found');
    assert.deepEqual((await api.get(`${path}?organizationId=${organizationId}`)).body, []);
    const { id } = await create(path, { ...body, messagePayload: false });
    assertRefused(await api.post(`${path}/${id}/message`, { link: 'https://acme.test' }), 501, 'connector.not_found');
  });

  // security: message-costs
  it('sends the link with the names of the inviter and the organization, or creates no invitation', async () => {
    const { organizations, organizationRoles, users } = server.app;
    const sent: { to: string; type: string; payload: Record<string, unknown> }[] = [];
    let isDown = false;
    const invitations = createOrganizationInvitations({
      clock: { now },
      organizations,
      organizationRoles,
      users,
      limits: server.app.limits,
      connectors: {
        sender: async () => ({
          async sendMessage(message) {
            if (isDown) throw new AldabaError('connector.timeout');
            sent.push(message);
          },
        }),
      },
    });
    const organizationId = await organization();
    const message = { link: 'https://acme.test/join', locale: 'es', color: 'blue' };
    const wish = { ...draft(organizationId, 'new@acme.test'), organizationRoleIds: [] };
    const { id } = await invitations.create(server.tenant, wish, message);
    const [{ to, type, payload } = assert.fail('nothing was sent')] = sent;
    assert.deepEqual([to, type], ['new@acme.test', 'OrganizationInvitation']);
    assert.deepEqual(payload, { ...message, organization: { id: organizationId, name: 'Acme', branding: {} } });
    await invitations.send(server.tenant, id, {});
    assert.equal(sent.length, 2);
    for (let count = 2; count < 10; count += 1) await invitations.send(server.tenant, id, {});
    await assert.rejects(invitations.send(server.tenant, id, {}), {
      code: 'request.message_rate_limited',
      status: 429,
    });
    assert.equal(sent.length, 10);

    isDown = true;
    const other = { ...wish, invitee: 'other@acme.test' };
    await assert.rejects(invitations.create(server.tenant, other, message), { code: 'connector.timeout' });
    assert.deepEqual((await api.get(`${path}?invitee=other@acme.test`)).body, []);
  });

  it('shows invitations in their own tenant only', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const foreign = (await admin.post('/api/organizations', { name: 'Foreign' })).body;
    const { body: made } = await admin.post(path, draft(foreign.id, 'ada@foreign.test'));
    const user = await create('/api/users', { primaryEmail: 'ada@foreign.test' });
    assertRefused(await api.get(`${path}/${made.id}`), 404, 'entity.not_exists_with_id');
    assertRefused(await api.delete(`${path}/${made.id}`), 404, 'entity.not_exists_with_id');
    const accept = { status: 'Accepted', acceptedUserId: user.id };
    assertRefused(await api.put(`${path}/${made.id}/status`, accept), 404, 'entity.not_exists_with_id');
    assertRefused(await api.post(path, draft(foreign.id, 'eve@acme.test')), 422, unknownId);
    assert.deepEqual((await api.get(`${path}?organizationId=${foreign.id}`)).body, []);
    assertRefused(await admin.put(`${path}/${made.id}/status`, accept), 422, 'request.invalid_input');
  });
});
