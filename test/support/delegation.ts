/** Organizations with administrators who signed in to an application, for the delegated Management API. */
import assert from 'node:assert/strict';
import { delegatedPermissions } from '@aldaba/contract';
import { experienceClient } from './agent.ts';
import { type Manager, manage, managerWith } from './management.ts';
import type { TestServer } from './server.ts';

const password = 'correct horse battery 1';
export const delegatedNames = delegatedPermissions.map(({ name }) => name);
export const delegatedScope = `openid offline_access urn:logto:scope:organizations ${delegatedNames.join(' ')}`;

export type Delegation = Awaited<ReturnType<typeof openDelegation>>;
export type DelegatedOrganization = Awaited<ReturnType<Delegation['newOrganization']>>;

export async function openDelegation(server: TestServer) {
  const operator: Manager = await manage(server);
  /** Has every permission of the built-in set. */
  const administratorId = (await operator.post('/api/organization-roles/administrator', {})).body.id as string;
  let number = 0;
  const make = async (path: string, body: object): Promise<{ id: string }> => {
    const reply = await operator.post(path, body);
    assert.ok(reply.status < 300, `${path}: ${JSON.stringify(reply.body)}`);
    return reply.body as { id: string };
  };
  const newName = (prefix: string) => {
    number += 1;
    return `${prefix}_${number}`;
  };
  const newUser = async () => {
    const username = newName('user');
    const draft = {
      username,
      password,
      primaryEmail: `${username}@example.com`,
      primaryPhone: `1650253${1000 + number}`,
    };
    return { username, ...(await make('/api/users', { ...draft, name: username, customData: { secret: username } })) };
  };
  const join = async (organizationId: string, userId: string, roleIds: readonly string[] = []) => {
    await operator.post(`/api/organizations/${organizationId}/users`, { userIds: [userId] });
    const path = `/api/organizations/${organizationId}/users/${userId}/roles`;
    assert.equal((await operator.put(path, { organizationRoleIds: roleIds })).status, 204);
  };
  const roleWith = async (scopes: readonly string[], resourceScopeIds: readonly string[] = []) => {
    const { body } = await operator.get('/api/organization-scopes?page_size=100');
    const ids = scopes.map((name) => body.find((each: { name: string }) => each.name === name)?.id);
    const draft = { name: newName('role'), organizationScopeIds: ids, resourceScopeIds };
    return (await make('/api/organization-roles', draft)).id;
  };
  const refresh = async (username: string, organizationId: string, asked = delegatedScope): Promise<string> => {
    const client = experienceClient(server.url, { scope: asked });
    const tokens = await client.redeem(await client.signIn(username, password));
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'demo-app',
        refresh_token: tokens.refresh_token,
        organization_id: organizationId,
      }),
    });
    const body = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body.access_token as string;
  };
  /** An organization with an administrator and a member, and what they can call. */
  const newOrganization = async (roleIds: readonly string[] = [administratorId]) => {
    const { id } = await make('/api/organizations', { name: newName('organization') });
    const [admin, member] = [await newUser(), await newUser()];
    await join(id, admin.id, roleIds);
    await join(id, member.id);
    const api = managerWith(server.url, await refresh(admin.username, id));
    return { id, path: `/api/organizations/${id}`, admin, member, api };
  };
  const draftOf = (organizationRoleIds: readonly string[] = []) => ({
    invitee: `${newName('guest')}@example.com`,
    expiresAt: Date.now() + 3_600_000,
    organizationRoleIds,
  });

  return { operator, administratorId, make, newName, newUser, join, roleWith, refresh, newOrganization, draftOf };
}
