import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { experienceClient, UnexpectedAnswer } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const activity = (value: boolean) => ({ op: 'replace', path: 'active', value });

describe('Deprovisioning', () => {
  let server: TestServer;
  let api: Manager;
  let receiver: Receiver;
  let organizationId: string;
  let tenantDirectory: ScimClient;
  let directory: ScimClient;
  before(async () => {
    receiver = await startReceiver();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    await api.post('/api/hooks', {
      name: 'Changes',
      events: ['User.Created', 'User.SuspensionStatus.Updated', 'Organization.Membership.Updated'],
      config: { url: receiver.url },
    });
    organizationId = await organizationWith(server, api, 'Acme', 'acme.example');
    tenantDirectory = await directoryOf(api, server.tenant.baseUrl);
    directory = await directoryOf(api, server.tenant.baseUrl, organizationId);
  });
  after(async () => {
    await server.close();
    await receiver.close();
  });
  const account = async (id: string) => (await api.get(`/api/users/${id}`)).body;

  it('tells webhooks of accounts, memberships and suspensions', async () => {
    const { body } = await directory.post('/Users', person('hook@acme.example'));
    await directory.patch(`/Users/${body.id}`, activity(false));
    const heard = async (event: string) =>
      JSON.parse((await receiver.next((one) => JSON.parse(one.body).event === event)).body);
    assert.equal((await heard('User.Created')).data.primaryEmail, 'hook@acme.example');
    assert.deepEqual((await heard('Organization.Membership.Updated')).addedUserIds, [body.id]);
    assert.deepEqual((await heard('Organization.Membership.Updated')).removedUserIds, [body.id]);
    assert.equal((await heard('User.SuspensionStatus.Updated')).data.isSuspended, true);
  });

  // security: suspension
  it('ends sessions and tokens at once, and refuses the next sign-in', async () => {
    const password = 'a long enough one 7';
    for (const scim of [tenantDirectory, directory]) {
      const username = `leaver${scim === directory ? 1 : 2}`;
      const { body } = await scim.post('/Users', person(`${username}@acme.example`));
      await api.patch(`/api/users/${body.id}`, { username });
      await api.patch(`/api/users/${body.id}/password`, { password });
      const client = experienceClient(server.tenant.baseUrl);
      const tokens = await client.redeem(await client.signIn(username, password));
      const { access_token: token, refresh_token: refresh = tokens.refresh_token } = await client.refresh(
        tokens.refresh_token,
      );
      assert.equal((await client.userinfo(token)).sub, body.id);
      await scim.patch(`/Users/${body.id}`, activity(false));
      await assert.rejects(client.userinfo(token), UnexpectedAnswer);
      await assert.rejects(client.refresh(refresh), UnexpectedAnswer);
      await assert.rejects(client.signIn(username, password), UnexpectedAnswer);
    }
  });

  // security: organization-rights
  it('ends the organization tokens of a user whose account it only links, and nothing else', async () => {
    const password = 'a long enough one 7';
    const user = { primaryEmail: 'linked@acme.example', username: 'linked', password };
    const { body: account } = await api.post('/api/users', user);
    assert.equal((await directory.post('/Users', person('linked@acme.example'))).body.id, account.id);
    const scope = 'openid offline_access urn:logto:scope:organizations';
    const client = experienceClient(server.tenant.baseUrl, { scope });
    const { refresh_token: token } = await client.redeem(await client.signIn('linked', password));
    const forOrganization = async (refreshToken: string) => {
      const given = { grant_type: 'refresh_token', client_id: 'demo-app', refresh_token: refreshToken };
      const body = new URLSearchParams({ ...given, organization_id: organizationId });
      return fetch(`${server.tenant.baseUrl}/oidc/token`, { method: 'POST', body });
    };
    const before = await forOrganization(token);
    assert.equal(before.status, 200, await before.clone().text());
    const { refresh_token: next = token } = (await before.json()) as { refresh_token?: string };
    await directory.patch(`/Users/${account.id}`, activity(false));
    assert.equal((await forOrganization(next)).status, 403);
    assert.equal(typeof (await client.refresh(next)).access_token, 'string');
  });

  // security: suspension
  it('ends personal access tokens, sessions and grants at once, by PATCH and by DELETE', async () => {
    const { body: program } = await api.post('/api/applications', {
      name: 'Script',
      type: 'Traditional',
      customClientMetadata: { allowTokenExchange: true },
    });
    const exchange = async (value: string) => {
      const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', scope: 'openid' };
      const subject = { subject_token: value, subject_token_type: 'urn:logto:token-type:personal_access_token' };
      const body = new URLSearchParams({ ...grant, ...subject, client_id: program.id, client_secret: program.secret });
      return (await fetch(`${server.tenant.baseUrl}/oidc/token`, { method: 'POST', body })).status;
    };
    const password = 'a long enough one 7';
    const ends = [
      (scim: ScimClient, id: string) => scim.patch(`/Users/${id}`, activity(false)),
      (scim: ScimClient, id: string) => scim.delete(`/Users/${id}`),
    ];
    for (const scim of [tenantDirectory, directory])
      for (const [index, end] of ends.entries()) {
        const username = `holder${scim === directory ? 1 : 2}${index}`;
        const { body } = await scim.post('/Users', person(`${username}@acme.example`));
        await api.patch(`/api/users/${body.id}`, { username });
        await api.patch(`/api/users/${body.id}/password`, { password });
        const { body: personal } = await api.post(`/api/users/${body.id}/personal-access-tokens`, { name: 'script' });
        const client = experienceClient(server.tenant.baseUrl);
        await client.redeem(await client.signIn(username, password));
        assert.equal(await exchange(personal.value), 200);
        assert.equal((await api.get(`/api/users/${body.id}/sessions`)).body.sessions.length, 1);
        assert.ok([200, 204].includes((await end(scim, body.id)).status));
        assert.equal(await exchange(personal.value), 400);
        assert.deepEqual((await api.get(`/api/users/${body.id}/sessions`)).body.sessions, []);
        assert.deepEqual((await api.get(`/api/users/${body.id}/grants`)).body.grants, []);
      }
  });

  it('gives membership and mapped roles back to a user who is activated again', async () => {
    const { body: role } = await api.post('/api/organization-roles', { name: 'Returning' });
    const { body: user } = await directory.post('/Users', person('returning@acme.example'));
    const { body: group } = await directory.post('/Groups', { displayName: 'Staff', members: [{ value: user.id }] });
    await api.patch(`/api/organizations/${organizationId}/scim/groups/${group.id}`, { roleId: role.id });
    const state = async () => {
      const { body: joined } = await api.get(`/api/users/${user.id}/organizations`);
      const roles = joined.flatMap((one: { organizationRoles: { name: string }[] }) => one.organizationRoles);
      return [joined.length, roles.map(({ name }: { name: string }) => name), (await account(user.id)).isSuspended];
    };
    assert.deepEqual(await state(), [1, ['Returning'], false]);
    await directory.patch(`/Users/${user.id}`, activity(false));
    assert.deepEqual(await state(), [0, [], true]);
    await directory.patch(`/Users/${user.id}`, activity(true));
    assert.deepEqual(await state(), [1, ['Returning'], false]);
  });

  // security: directory-walls
  it('removes a user of two organizations from one of them, and leaves the sessions', async () => {
    const otherId = await organizationWith(server, api, 'Other', 'other.example');
    const other = await directoryOf(api, server.tenant.baseUrl, otherId);
    const password = 'a long enough one 7';
    for (const end of ['PATCH', 'DELETE'] as const) {
      const username = `shared_${end.toLowerCase()}`;
      const { body: user } = await directory.post('/Users', person(`${username}@acme.example`));
      await api.post(`/api/organizations/${otherId}/users`, { userIds: [user.id] });
      await api.patch(`/api/users/${user.id}`, { username });
      await api.patch(`/api/users/${user.id}/password`, { password });
      const client = experienceClient(server.tenant.baseUrl);
      const tokens = await client.redeem(await client.signIn(username, password));
      if (end === 'PATCH') await directory.patch(`/Users/${user.id}`, activity(false));
      else await directory.delete(`/Users/${user.id}`);
      const { body: joined } = await api.get(`/api/users/${user.id}/organizations`);
      assert.deepEqual(
        joined.map(({ id }: { id: string }) => id),
        [otherId],
      );
      assert.equal((await account(user.id)).isSuspended, false);
      assert.equal((await client.userinfo((await client.refresh(tokens.refresh_token)).access_token)).sub, user.id);
      assert.equal((await other.get(`/Users/${user.id}`)).body.active, true);
    }
  });

  it('is idempotent', async () => {
    for (const scim of [tenantDirectory, directory]) {
      const { body } = await scim.post('/Users', person(`idem${Math.random()}@acme.example`));
      const path = `/Users/${body.id}`;
      for (const expected of [false, false, true, true]) {
        const reply = await scim.patch(path, activity(expected));
        assert.deepEqual([reply.status, reply.body.active], [200, expected]);
        assert.equal((await account(body.id)).isSuspended, !expected);
      }
      assert.equal((await scim.delete(path)).status, 204);
      assert.equal((await scim.delete(path)).status, 404);
      assert.equal((await account(body.id)).isSuspended, true);
    }
  });

  // security: suspension
  it('leaves the suspension by an operator to operators', async () => {
    for (const scim of [tenantDirectory, directory]) {
      const { body } = await scim.post('/Users', person(`op${Math.random()}@acme.example`));
      const suspend = (isSuspended: boolean) => api.patch(`/api/users/${body.id}/is-suspended`, { isSuspended });
      await suspend(true);
      assert.equal((await scim.patch(`/Users/${body.id}`, activity(true))).body.active, false);
      assert.equal((await account(body.id)).isSuspended, true);
      await suspend(false);
      await scim.patch(`/Users/${body.id}`, activity(false));
      await suspend(false);
      await suspend(true);
      assert.equal((await scim.patch(`/Users/${body.id}`, activity(true))).body.active, false);
    }
  });

  it('shows a deleted user to the tenant’s directory again after an operator reactivated the account', async () => {
    const { body } = await tenantDirectory.post('/Users', person('back@example.com', { externalId: 'b-1' }));
    await tenantDirectory.delete(`/Users/${body.id}`);
    await api.patch(`/api/users/${body.id}/is-suspended`, { isSuspended: false });
    const { status, body: shown } = await tenantDirectory.get(`/Users/${body.id}`);
    assert.deepEqual([status, shown.active, shown.externalId], [200, true, undefined]);
  });

  it('links an account of the tenant by its address, and a username by its userName', async () => {
    const { body: own } = await api.post('/api/users', { primaryEmail: 'own@example.com', name: 'Own' });
    const linked = await tenantDirectory.post('/Users', person('own@example.com', { title: 'Boss' }));
    assert.deepEqual([linked.status, linked.body.id], [201, own.id]);
    assert.equal((await account(own.id)).name, 'Own');
    const { body } = await tenantDirectory.post('/Users', person('short_name'));
    assert.equal((await account(body.id)).username, 'short_name');
    assert.equal((await tenantDirectory.post('/Users', person('Short_name'))).status, 409);
  });
});
