import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Allowed scopes of third-party applications', () => {
  let server: TestServer;
  let api: Manager;
  let applicationId: string;
  let resource: { id: string; name: string; indicator: string };
  let scope: { id: string; name: string; description: string | null };
  const redirectUri = 'https://partner.example.com/callback';
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const application = await api.post('/api/applications', {
      name: 'Partner',
      type: 'SPA',
      isThirdParty: true,
      oidcClientMetadata: { redirectUris: [redirectUri] },
    });
    applicationId = application.body.id;
    resource = (await api.post('/api/resources', { name: 'Library', indicator: 'https://library.example.com/' })).body;
    scope = (await api.post(`/api/resources/${resource.id}/scopes`, { name: 'read:books', description: 'Read' })).body;
  });
  after(() => server.close());

  const path = () => `/api/applications/${applicationId}/user-consent-scopes`;
  const nothing = { organizationScopes: [], resourceScopes: [], organizationResourceScopes: [], userScopes: [] };

  it('starts empty, and lists, adds and removes allowed scopes', async () => {
    assert.deepEqual((await api.get(path())).body, nothing);
    const organizationScope = (await api.post('/api/organization-scopes', { name: 'invite' })).body;
    const added = await api.post(path(), {
      userScopes: ['email', 'profile'],
      resourceScopes: [scope.id],
      organizationResourceScopes: [scope.id],
      organizationScopes: [organizationScope.id],
    });
    assert.equal(added.status, 201);
    assert.equal((await api.post(path(), { userScopes: ['email'] })).status, 201);
    const ofResource = {
      resource: { id: resource.id, name: 'Library', indicator: resource.indicator },
      scopes: [{ id: scope.id, name: 'read:books', description: 'Read' }],
    };
    assert.deepEqual((await api.get(path())).body, {
      userScopes: ['email', 'profile'],
      resourceScopes: [ofResource],
      organizationResourceScopes: [ofResource],
      organizationScopes: [{ id: organizationScope.id, name: 'invite', description: null }],
    });
    for (const place of [
      'user-scopes/email',
      'user-scopes/profile',
      `resource-scopes/${scope.id}`,
      `organization-resource-scopes/${scope.id}`,
      `organization-scopes/${organizationScope.id}`,
    ]) {
      assert.equal((await api.delete(`${path()}/${place}`)).status, 204, place);
      assertRefused(await api.delete(`${path()}/${place}`), 404, 'entity.not_found');
    }
    assert.deepEqual((await api.get(path())).body, nothing);
  });

  it('rejects scopes that do not exist, and allowed scopes of first-party applications', async () => {
    const { body: own } = await api.post('/api/applications', { name: 'Own', type: 'SPA' });
    const ofOwn = `/api/applications/${own.id}/user-consent-scopes`;
    assertRefused(await api.post(ofOwn, { userScopes: ['email'] }), 422, 'application.third_party_application_only');
    assertRefused(
      await api.post(path(), { userScopes: ['email'], resourceScopes: ['none'] }),
      422,
      'application.user_consent_scopes_not_found',
    );
    assert.deepEqual((await api.get(path())).body.userScopes, [], 'half of a refused request was kept');
    assertRefused(await api.post(path(), { userScopes: ['everything'] }), 400, 'guard.invalid_input');
    assertRefused(await api.get('/api/applications/none/user-consent-scopes'), 404, 'entity.not_exists_with_id');
  });

  it('reads and sets the organizations that a user selected for an application', async () => {
    const { body: user } = await api.post('/api/users', {});
    const ids: string[] = [];
    for (const name of ['Works', 'Club', 'Elsewhere'])
      ids.push((await api.post('/api/organizations', { name })).body.id);
    const [works = '', club = '', elsewhere = ''] = ids;
    for (const id of [works, club]) await api.post(`/api/organizations/${id}/users`, { userIds: [user.id] });
    const chosen = `/api/applications/${applicationId}/users/${user.id}/consent-organizations`;
    const names = async (query = '') =>
      (await api.get(`${chosen}${query}`)).body.organizations.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(await names(), []);
    assert.equal((await api.post(chosen, { organizationIds: [works] })).status, 201);
    assert.equal((await api.put(chosen, { organizationIds: [club, works] })).status, 204);
    assert.deepEqual(await names(), ['Club', 'Works']);
    assert.equal((await api.get(`${chosen}?page_size=1`)).headers.get('total-number'), '2');
    assertRefused(await api.put(chosen, { organizationIds: [elsewhere] }), 422, 'organization.require_membership');
    assert.deepEqual(await names(), ['Club', 'Works']);
    assert.equal((await api.delete(`${chosen}/${club}`)).status, 204);
    assertRefused(await api.delete(`${chosen}/${club}`), 404, 'entity.not_found');
    assert.deepEqual(await names(), ['Works']);
  });

  /** A person with a role in an organization, of which the application may ask for everything. */
  const organize = async () => {
    const { body: invite } = await api.post('/api/organization-scopes', {
      name: 'invite-people',
      description: 'Invite',
    });
    const { body: head } = await api.post('/api/organization-roles', {
      name: 'Head',
      organizationScopeIds: [invite.id],
      resourceScopeIds: [scope.id],
    });
    await api.post(path(), {
      userScopes: ['email', 'urn:logto:scope:organizations'],
      resourceScopes: [scope.id],
      organizationScopes: [invite.id],
      organizationResourceScopes: [scope.id],
    });
    const { body: user } = await api.post('/api/users', { username: 'ada', password: 'correct horse 1' });
    const { body: works } = await api.post('/api/organizations', { name: 'Ada and friends' });
    await api.post(`/api/organizations/${works.id}/users`, { userIds: [user.id] });
    await api.post(`/api/organizations/${works.id}/users/${user.id}/roles`, { organizationRoleIds: [head.id] });
    return { user, works, invite };
  };
  /** Signs the person in, as far as the question for consent. */
  const arrive = async (agent: Agent, username = 'ada') => {
    const request = authorization({
      endpoint: server.url,
      clientId: applicationId,
      redirectUri,
      extra: {
        scope: 'openid email phone read:books invite-people urn:logto:scope:organizations',
        resource: `${resource.indicator},urn:logto:resource:organizations`,
      },
    });
    await agent.fetch(request.url);
    await agent.json('PUT', `${server.url}/api/experience`, { interactionEvent: 'SignIn' });
    const proof = await agent.json('POST', `${server.url}/api/experience/verification/password`, {
      identifier: { type: 'username', value: username },
      password: 'correct horse 1',
    });
    await agent.json('POST', `${server.url}/api/experience/identification`, await proof.json());
    const submitted = await agent.json('POST', `${server.url}/api/experience/submit`);
    await agent.fetch(((await submitted.json()) as { redirectTo: string }).redirectTo);
    return request;
  };

  it('requests and grants allowed scopes at a custom consent page', async () => {
    const { user, works, invite } = await organize();
    const role = await api.post('/api/roles', { name: 'reader', description: 'Reads', scopeIds: [scope.id] });
    await api.post(`/api/users/${user.id}/roles`, { roleIds: [role.body.id] });
    const agent = createAgent();
    const consent = `${server.url}/api/interaction/consent`;
    assertRefused({ ...(await refusal(agent.fetch(consent))) }, 400, 'session.not_found');

    await arrive(agent);
    const info = (await (await agent.fetch(consent)).json()) as Record<string, unknown>;
    const organizations = 'urn:logto:resource:organizations';
    const library = {
      resource: { id: resource.id, name: 'Library', indicator: resource.indicator },
      scopes: [{ id: scope.id, name: 'read:books', description: 'Read' }],
    };
    assert.deepEqual(info, {
      application: {
        id: applicationId,
        name: 'Partner',
        branding: {},
        displayName: null,
        termsOfUseUrl: null,
        privacyPolicyUrl: null,
      },
      user: { id: user.id, name: null, avatar: null, username: 'ada', primaryEmail: null, primaryPhone: null },
      organizations: [{ id: works.id, name: 'Ada and friends', missingResourceScopes: [library] }],
      missingOIDCScope: ['email', 'urn:logto:scope:organizations'],
      missingResourceScopes: [
        library,
        {
          resource: { id: organizations, name: organizations, indicator: organizations },
          scopes: [{ id: invite.id, name: 'invite-people', description: 'Invite' }],
        },
      ],
      redirectUri,
    });
    const cross = await agent.fetch(consent, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    assert.equal(cross.status, 403);
    const given = await agent.json('POST', consent, {});
    assert.equal(given.status, 200, await given.clone().text());
    const back = await agent.fetch(((await given.json()) as { redirectTo: string }).redirectTo);
    assert.ok(new URL(back.headers.get('location') ?? '').searchParams.get('code'));
  });

  it('grants only what a custom consent page showed, and no permission that the user received later', async () => {
    const { body: bea } = await api.post('/api/users', { username: 'bea', password: 'correct horse 1' });
    const role = await api.post('/api/roles', { name: 'late reader', description: 'Reads', scopeIds: [scope.id] });
    const agent = createAgent();
    const consent = `${server.url}/api/interaction/consent`;
    const { verifier } = await arrive(agent, 'bea');
    const { missingResourceScopes } = (await (await agent.fetch(consent)).json()) as Record<string, unknown>;
    assert.deepEqual(missingResourceScopes, []);
    await api.post(`/api/users/${bea.id}/roles`, { roleIds: [role.body.id] });
    const { redirectTo } = (await (await agent.json('POST', consent, {})).json()) as { redirectTo: string };
    const back = new URL((await agent.fetch(redirectTo)).headers.get('location') ?? '');
    const redeemed = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: applicationId,
        code: back.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
        resource: resource.indicator,
      }),
    });
    assert.equal(redeemed.status, 200, await redeemed.clone().text());
    assert.equal(((await redeemed.json()) as { scope: string }).scope, '');
  });

  const refusal = async (answer: Promise<Response>) => {
    const response = await answer;
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
});
