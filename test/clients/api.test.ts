import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createManagementApi } from '@logto/api/management';
import { managementApi } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

type ApiClient = ReturnType<typeof createManagementApi>['apiClient'];

/** The published Management client, unchanged, against a server that it believes to be Logto. */
describe('Client @logto/api', () => {
  let server: TestServer;
  let client: ApiClient;
  const warnings: unknown[] = [];
  const { warn } = console;
  before(async () => {
    server = await startServer();
    const machine = await server.tenant.db.transaction(async (tx) => {
      const created = await server.app.applications.create(tx, { name: 'Client', type: 'MachineToMachine' });
      await server.app.applications.update(tx, created.id, { isAdmin: true });
      return created;
    });
    console.warn = (...words) => warnings.push(words);
    client = createManagementApi('default', {
      clientId: machine.id,
      clientSecret: machine.secret ?? '',
      baseUrl: server.url,
      apiIndicator: managementApi,
    }).apiClient;
  });
  after(async () => {
    console.warn = warn;
    await server.close();
  });

  it('gets a token with the scope that it requested', async () => {
    assert.equal((await client.GET('/api/applications')).response.status, 200);
    assert.deepEqual(warnings, []);
  });

  it('manages users', async () => {
    const { data: created } = await client.POST('/api/users', {
      body: { username: 'grace', name: 'Grace', password: 'correct horse 4' },
    });
    assert.ok(created);
    const path = { userId: created.id };
    const { data: changed } = await client.PATCH('/api/users/{userId}', {
      params: { path },
      body: { name: 'Grace H.' },
    });
    assert.equal(changed?.name, 'Grace H.');
    const { data: list, response } = await client.GET('/api/users', { params: { query: { page: 1, page_size: 10 } } });
    assert.deepEqual(
      list?.map((user) => user.username),
      ['grace'],
    );
    assert.equal(response.headers.get('total-number'), '1');
    const { data: customData } = await client.PATCH('/api/users/{userId}/custom-data', {
      params: { path },
      body: { customData: { plan: 'pro' } },
    });
    assert.deepEqual(customData, { plan: 'pro' });
    assert.equal((await client.DELETE('/api/users/{userId}', { params: { path } })).response.status, 204);
    const gone = await client.GET('/api/users/{userId}', { params: { path } });
    assert.equal(gone.response.status, 404);
    assert.equal((gone.error as { code?: string } | undefined)?.code, 'entity.not_found');
  });

  it('manages applications and their secrets', async () => {
    const { data: created } = await client.POST('/api/applications', {
      body: {
        name: 'Web',
        type: 'Traditional',
        // The published types describe a redirect URI as an object; the wire carries strings.
        oidcClientMetadata: { redirectUris: ['https://app.test/callback' as never], postLogoutRedirectUris: [] },
      },
    });
    assert.ok(created);
    const path = { id: created.id };
    const { data: secrets } = await client.GET('/api/applications/{id}/secrets', { params: { path } });
    assert.equal(secrets?.length, 1);
    const { data: secret } = await client.POST('/api/applications/{id}/secrets', {
      params: { path },
      body: { name: 'next' },
    });
    assert.equal(secret?.value.length, 32);
    const { data: read } = await client.GET('/api/applications/{id}', { params: { path } });
    assert.deepEqual([read?.isAdmin, read?.oidcClientMetadata.redirectUris], [false, ['https://app.test/callback']]);
    assert.equal((await client.DELETE('/api/applications/{id}', { params: { path } })).response.status, 204);
  });

  it('manages connectors and the sign-in experience', async () => {
    const { data: factories } = await client.GET('/api/connector-factories');
    assert.ok(factories?.some((factory) => factory.id === 'wechat-native'));
    const { data: connector } = await client.POST('/api/connectors', {
      body: { connectorId: 'wechat-native', config: { appId: 'wx1', appSecret: 's' } },
    });
    assert.ok(connector);
    const { data: experience } = await client.PATCH('/api/sign-in-exp', {
      body: { socialSignInConnectorTargets: ['wechat'], signInMode: 'SignIn' },
    });
    assert.deepEqual([experience?.socialSignInConnectorTargets, experience?.signInMode], [['wechat'], 'SignIn']);
    const { data: shown } = await client.GET('/api/.well-known/sign-in-exp');
    assert.deepEqual(
      shown?.socialConnectors.map(({ id, platform }) => [id, platform]),
      [[connector.id, 'Native']],
    );
    assert.equal(
      (await client.DELETE('/api/connectors/{id}', { params: { path: { id: connector.id } } })).response.status,
      204,
    );
  });

  it('manages API resources, permissions and roles', async () => {
    const { data: resource } = await client.POST('/api/resources', {
      body: { name: 'Orders', indicator: 'https://orders.test' },
    });
    assert.ok(resource);
    const { data: scope } = await client.POST('/api/resources/{resourceId}/scopes', {
      params: { path: { resourceId: resource.id } },
      body: { name: 'read:orders' },
    });
    assert.ok(scope);
    const { data: role } = await client.POST('/api/roles', {
      body: { name: 'Reader', description: 'Reads', scopeIds: [scope.id] },
    });
    assert.ok(role);
    const { data: scopes } = await client.GET('/api/roles/{id}/scopes', { params: { path: { id: role.id } } });
    assert.deepEqual(
      scopes?.map(({ name, resource: { indicator } }) => [name, indicator]),
      [['read:orders', 'https://orders.test']],
    );
  });

  it('manages organizations, their members and roles', async () => {
    const { data: organization } = await client.POST('/api/organizations', { body: { name: 'Acme' } });
    const { data: role } = await client.POST('/api/organization-roles', {
      body: { name: 'Clerk', organizationScopeIds: [], resourceScopeIds: [] },
    });
    const { data: user } = await client.POST('/api/users', { body: { username: 'clerk' } });
    assert.ok(organization && role && user);
    const id = organization.id;
    const path = { id, userId: user.id };
    await client.POST('/api/organizations/{id}/users', { params: { path: { id } }, body: { userIds: [user.id] } });
    await client.PUT('/api/organizations/{id}/users/{userId}/roles', {
      params: { path },
      body: { organizationRoleIds: [role.id] },
    });
    const { data: members } = await client.GET('/api/organizations/{id}/users', { params: { path: { id } } });
    assert.deepEqual(
      members?.map(({ username, organizationRoles }) => [username, organizationRoles]),
      [['clerk', [{ id: role.id, name: 'Clerk' }]]],
    );
    const { data: invitation } = await client.POST('/api/organization-invitations', {
      body: {
        organizationId: id,
        invitee: 'new@acme.test',
        expiresAt: Date.now() + 3_600_000,
        organizationRoleIds: [role.id],
        messagePayload: false,
      },
    });
    assert.equal(invitation?.status, 'Pending');
    const { response } = await client.DELETE('/api/organizations/{id}/users/{userId}', { params: { path } });
    assert.equal(response.status, 204);
  });
});
