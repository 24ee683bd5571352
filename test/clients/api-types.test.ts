import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allRoutes } from '@aldaba/contract';
import { createManagementApi } from '@logto/api/management';
import { managementApi } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

type ApiClient = ReturnType<typeof createManagementApi>['apiClient'];

/**
 * A spread of operations through the published client's types. That it compiles says that paths, parameters and bodies
 * are the ones the client was generated for; that it passes, that the answers hold what the types promise.
 */
describe('Operations of @logto/api', () => {
  let server: TestServer;
  let client: ApiClient;
  before(async () => {
    server = await startServer();
    const machine = await server.tenant.db.transaction(async (tx) => {
      const created = await server.app.applications.create(tx, { name: 'Client', type: 'MachineToMachine' });
      await server.app.applications.update(tx, created.id, { isAdmin: true });
      return created;
    });
    client = createManagementApi('default', {
      clientId: machine.id,
      clientSecret: machine.secret ?? '',
      baseUrl: server.url,
      apiIndicator: managementApi,
    }).apiClient;
  });
  after(() => server.close());

  it('configures keys, sessions, ID tokens and custom claims of a tenant', async () => {
    const keys = await client.GET('/api/configs/oidc/{keyType}', { params: { path: { keyType: 'private-keys' } } });
    assert.equal(keys.data?.[1]?.status, 'Current');
    const rotated = await client.POST('/api/configs/oidc/{keyType}/rotate', {
      params: { path: { keyType: 'private-keys' } },
      body: { signingKeyAlgorithm: 'EC', rotationGracePeriod: 60 },
    });
    assert.equal(rotated.response.status, 200);
    const session = await client.PATCH('/api/configs/oidc/session', { body: { ttl: 3600 } });
    assert.equal(session.data?.ttl, 3600);
    const idToken = await client.PUT('/api/configs/id-token', { body: { enabledExtendedClaims: ['roles'] } });
    assert.deepEqual(idToken.data?.enabledExtendedClaims, ['roles']);
    const consoleConfig = await client.PATCH('/api/configs/admin-console', { body: { organizationCreated: true } });
    assert.equal(consoleConfig.data?.organizationCreated, true);
    const script = 'const getCustomJwtClaims = async () => ({});';
    const path = { tokenTypePath: 'client-credentials' } as const;
    const saved = await client.PUT('/api/configs/jwt-customizer/{tokenTypePath}', {
      params: { path },
      body: { script },
    });
    assert.equal(saved.response.status, 201);
    const listed = await client.GET('/api/configs/jwt-customizer');
    assert.equal(listed.data?.[0]?.value.script, script);
  });

  it('sets up a SAML application and renews its certificate', async () => {
    const acsUrl = 'https://portal.example.com/acs';
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const created = await client.POST('/api/saml-applications', {
      body: { name: 'Portal', entityId: 'https://portal.example.com', acsUrl, nameIdFormat },
    });
    assert.equal(created.response.status, 201);
    assert.equal(created.data?.acsUrl?.url, acsUrl);
    const path = { id: created.data?.id ?? '' };
    const renewed = await client.POST('/api/saml-applications/{id}/secrets', {
      params: { path },
      body: { lifeSpanInYears: 2 },
    });
    const secretId = renewed.data?.id ?? '';
    const active = { params: { path: { ...path, secretId } }, body: { active: true } };
    await client.PATCH('/api/saml-applications/{id}/secrets/{secretId}', active);
    const listed = await client.GET('/api/saml-applications/{id}/secrets', { params: { path } });
    assert.deepEqual(
      listed.data?.filter((secret) => secret.active).map(({ id }) => id),
      [secretId],
    );
    const deleted = await client.DELETE('/api/saml-applications/{id}', { params: { path } });
    assert.equal(deleted.response.status, 204);
  });

  it('manages phrases, templates, profile fields and the account center', async () => {
    // The client's type for a map of any keys is a member of that name.
    const words: object = { signIn: { submit: 'Enter' } };
    const phrase = await client.PUT('/api/custom-phrases/{languageTag}', {
      params: { path: { languageTag: 'en' } },
      body: words,
    });
    assert.equal(phrase.data?.languageTag, 'en');
    const details = { subject: 'Hello', content: '{{code}}' };
    const templates = await client.PUT('/api/email-templates', {
      body: { templates: [{ languageTag: 'en', templateType: 'Generic', details }] },
    });
    assert.deepEqual(templates.data?.[0]?.details, details);
    const deleted = await client.DELETE('/api/email-templates', { params: { query: { languageTag: 'en' } } });
    assert.equal(deleted.data?.rowCount, 1);
    const field = await client.POST('/api/custom-profile-fields', {
      body: { name: 'shoeSize', type: 'Number', required: false, config: { minValue: 1 } },
    });
    assert.deepEqual([field.data?.name, field.data?.sieOrder], ['shoeSize', 1]);
    const center = await client.PATCH('/api/account-center', { body: { enabled: true, fields: { name: 'Edit' } } });
    assert.equal(center.data?.fields.name, 'Edit');
  });

  it('manages second factors and social identities of users', async () => {
    const user = await client.POST('/api/users', { body: { username: 'ana' } });
    const path = { userId: user.data?.id ?? '' };
    const app = await client.POST('/api/users/{userId}/mfa-verifications', {
      params: { path },
      body: { type: 'Totp', secret: 'JBSWY3DPEHPK3PXP' },
    });
    assert.ok(app.data && 'secretQrCode' in app.data && app.data.secret === 'JBSWY3DPEHPK3PXP');
    const codes = await client.POST('/api/users/{userId}/mfa-verifications', {
      params: { path },
      body: { type: 'BackupCode' },
    });
    assert.ok(codes.data && 'codes' in codes.data && codes.data.codes.length === 10);
    const listed = await client.GET('/api/users/{userId}/mfa-verifications', { params: { path } });
    assert.deepEqual(
      listed.data?.map(({ type, remainCodes }) => [type, remainCodes]),
      [
        ['Totp', undefined],
        ['BackupCode', 10],
      ],
    );
    const taken = await client.DELETE('/api/users/{userId}/mfa-verifications/{verificationId}', {
      params: { path: { ...path, verificationId: listed.data?.[0]?.id ?? '' } },
    });
    assert.equal(taken.response.status, 204);
    const mfa = { enabled: true, skipped: true, additionalBindingSuggestionSkipped: true, skipMfaOnSignIn: true };
    const body = { mfa, passkeySignIn: { skipped: true } };
    const chosen = await client.PATCH('/api/users/{userId}/logto-configs', { params: { path }, body });
    // The suggestion can be written, and is not returned.
    const { additionalBindingSuggestionSkipped: _, ...returned } = mfa;
    assert.deepEqual(chosen.data, { mfa: returned, passkeySignIn: { skipped: true } });
    const choices = await client.GET('/api/users/{userId}/logto-configs', { params: { path } });
    assert.deepEqual(choices.data, chosen.data);
    const connectorData: Record<string, unknown> = { code: 'of the callback' };
    const linked = await client.POST('/api/users/{userId}/identities', {
      params: { path },
      body: { connectorId: 'none', connectorData },
    });
    assert.equal(linked.response.status, 404);
  });

  it('manages one-time tokens and deletes what it created', async () => {
    const made = await client.POST('/api/one-time-tokens', { body: { email: 'ana@example.com' } });
    assert.ok(made.data);
    const verified = await client.POST('/api/one-time-tokens/verify', {
      body: { email: 'ana@example.com', token: made.data.token },
    });
    assert.equal(verified.data?.status, 'consumed');
    const codes = await client.POST('/api/verification-codes', { body: { email: 'ana@example.com' } });
    assert.equal(codes.response.status, 204);
    const sentinel = await client.POST('/api/sentinel-activities/delete', {
      body: { targetType: 'User', targets: ['ana'] },
    });
    assert.equal(sentinel.response.status, 204);
    const checked = await client.POST('/api/sign-in-exp/default/check-password', { body: { password: 'short' } });
    assert.equal(checked.data?.result, false);
    const conflicts = await client.GET('/api/sign-in-exp/username-policy/case-sensitivity-conflicts', {
      params: { query: { limit: 5 } },
    });
    assert.equal(conflicts.data?.totalConflicts, 0);
    const status = await client.GET('/api/user-assets/service-status');
    assert.equal(status.data?.status, 'ready');
  });

  it('supports the operation names that the client was generated from', () => {
    const types = readFileSync(
      fileURLToPath(new URL('generated-types/management.d.ts', import.meta.resolve('@logto/api/management'))),
      'utf8',
    );
    const names = new Map<string, string>();
    for (const [, path, operations = ''] of types.matchAll(/^ {4}"(\/[^"]*)": \{$(.*?)^ {4}\};$/gms)) {
      for (const [, method, name = ''] of operations.matchAll(/^ {8}(\w+): operations\["(\w+)"\];$/gm))
        names.set(`${method?.toUpperCase()} ${path}`, name);
    }
    assert.ok(names.size > 200, `${names.size} operations were found in the types`);
    let same = 0;
    for (const { method, path, operationId } of allRoutes) {
      const name = names.get(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
      if (name === undefined) continue;
      assert.equal(operationId, name, path);
      same += 1;
    }
    assert.ok(same > 190, `${same} operations are the same`);
  });

  it('manages users, their roles and their credentials', async () => {
    const { data: user, error: refused } = await client.POST('/api/users', {
      body: {
        username: 'rosa',
        primaryEmail: 'rosa@example.com',
        password: 'tulips 7 stone',
        profile: { nickname: 'An' },
      },
    });
    assert.ok(user, JSON.stringify(refused));
    const params = { path: { userId: user.id } };
    const changed = await client.PATCH('/api/users/{userId}', { params, body: { name: 'Ana', avatar: null } });
    assert.deepEqual([changed.data?.name, changed.data?.profile.nickname], ['Ana', 'An']);
    const found = await client.GET('/api/users', { params: { query: { page: 1, page_size: 5 } } });
    assert.equal(found.data?.[0]?.primaryEmail, 'rosa@example.com');
    const data = await client.PATCH('/api/users/{userId}/custom-data', {
      params,
      body: { customData: { vip: 1 } },
    });
    assert.deepEqual(data.data, { vip: 1 });
    const profile = await client.PATCH('/api/users/{userId}/profile', {
      params,
      body: { profile: { website: 'https://a.test' } },
    });
    assert.equal(profile.data?.website, 'https://a.test');
    const has = await client.GET('/api/users/{userId}/has-password', { params });
    assert.equal(has.data?.hasPassword, true);
    const expired = await client.PATCH('/api/users/{userId}/password/expiration', {
      params,
      body: { isExpired: true },
    });
    assert.equal(expired.data?.id, user.id);
    const verified = await client.POST('/api/users/{userId}/password/verify', { params, body: { password: 'wrong' } });
    assert.equal(verified.response.status, 422);
    const suspended = await client.PATCH('/api/users/{userId}/is-suspended', { params, body: { isSuspended: true } });
    assert.equal(suspended.data?.isSuspended, true);
    const token = await client.POST('/api/users/{userId}/personal-access-tokens', { params, body: { name: 'ci' } });
    assert.match(token.data?.value ?? '', /^pat_/);
    const identity = await client.PUT('/api/users/{userId}/identities/{target}', {
      params: { path: { userId: user.id, target: 'github' } },
      body: { userId: 'g1' },
    });
    assert.equal(identity.data?.github?.userId, 'g1');
    const sessions = await client.GET('/api/users/{userId}/sessions', { params });
    assert.deepEqual(sessions.data?.sessions, []);
    const subject = await client.POST('/api/subject-tokens', { body: { userId: user.id } });
    assert.equal(subject.data?.expiresIn, 600);
  });

  it('manages roles with the permissions of an API', async () => {
    const { data: user } = await client.POST('/api/users', { body: { username: 'ruth' } });
    assert.ok(user);
    const params = { path: { userId: user.id } };
    const { data: resource } = await client.POST('/api/resources', {
      body: { name: 'Shop', indicator: 'https://shop.test' },
    });
    const { data: scope } = await client.POST('/api/resources/{resourceId}/scopes', {
      params: { path: { resourceId: resource?.id ?? '' } },
      body: { name: 'read', description: 'Read.' },
    });
    const { data: role } = await client.POST('/api/roles', {
      body: { name: 'Reader', description: 'Reads.', scopeIds: [scope?.id ?? ''] },
    });
    const given = await client.POST('/api/users/{userId}/roles', { params, body: { roleIds: [role?.id ?? ''] } });
    assert.deepEqual(given.data?.addedRoleIds, [role?.id]);
    const holders = await client.GET('/api/roles/{id}/users', { params: { path: { id: role?.id ?? '' } } });
    assert.equal(holders.data?.[0]?.id, user.id);
    const isDefault = await client.PATCH('/api/resources/{id}/is-default', {
      params: { path: { id: resource?.id ?? '' } },
      body: { isDefault: true },
    });
    assert.equal(isDefault.data?.isDefault, true);
    assert.equal((await client.DELETE('/api/users/{userId}', { params })).response.status, 204);
  });

  it('manages applications with their scopes and branding', async () => {
    const { data: created } = await client.POST('/api/applications', {
      body: { name: 'Partner', type: 'Traditional', isThirdParty: true },
    });
    assert.ok(created);
    const params = { path: { id: created.id } };
    const ofApplication = { path: { applicationId: created.id } };
    const changed = await client.PATCH('/api/applications/{id}', { params, body: { description: 'Ours' } });
    assert.equal(changed.data?.description, 'Ours');
    const secret = await client.POST('/api/applications/{id}/secrets', { params, body: { name: 'next' } });
    assert.equal(secret.data?.expiresAt, null);
    const look = await client.PUT('/api/applications/{applicationId}/sign-in-experience', {
      params: ofApplication,
      body: {
        displayName: 'The partner',
        termsOfUseUrl: null,
        privacyPolicyUrl: null,
        branding: { logoUrl: 'https://img.test/p.png' },
      },
    });
    assert.equal(look.data?.displayName, 'The partner');
    await client.POST('/api/applications/{applicationId}/user-consent-scopes', {
      params: ofApplication,
      body: { userScopes: ['profile'] },
    });
    const scopes = await client.GET('/api/applications/{applicationId}/user-consent-scopes', { params: ofApplication });
    assert.deepEqual(scopes.data?.userScopes, ['profile']);
    const rules = { userIds: [], userRoleIds: [], organizationIds: [], organizationRoleRules: [] };
    const guarded = await client.PUT('/api/applications/{applicationId}/access-control', {
      params: ofApplication,
      body: rules,
    });
    assert.deepEqual(guarded.data, rules);
    const listed = await client.GET('/api/applications', { params: { query: { isThirdParty: 'true' } } });
    assert.deepEqual(
      listed.data?.map(({ id }) => id),
      [created.id],
    );
  });

  it('manages organizations with their template, members, domains and invitations', async () => {
    const { data: permission } = await client.POST('/api/organization-scopes', { body: { name: 'invite' } });
    const { data: role } = await client.POST('/api/organization-roles', {
      body: { name: 'admin', organizationScopeIds: [permission?.id ?? ''], resourceScopeIds: [], type: 'User' },
    });
    const { data: organization } = await client.POST('/api/organizations', {
      body: { name: 'Acme', isMfaRequired: false },
    });
    const { data: user } = await client.POST('/api/users', { body: { username: 'bea' } });
    assert.ok(role && organization && user);
    const params = { path: { id: organization.id } };
    const added = await client.POST('/api/organizations/{id}/users', { params, body: { userIds: [user.id] } });
    assert.equal(added.response.status, 201);
    const ofMember = { path: { id: organization.id, userId: user.id } };
    await client.POST('/api/organizations/{id}/users/{userId}/roles', {
      params: ofMember,
      body: { organizationRoleNames: ['admin'], organizationRoleIds: [] },
    });
    const may = await client.GET('/api/organizations/{id}/users/{userId}/scopes', { params: ofMember });
    assert.deepEqual(
      may.data?.map(({ name }) => name),
      ['invite'],
    );
    const members = await client.GET('/api/organizations/{id}/users', { params });
    assert.deepEqual(members.data?.[0]?.organizationRoles, [{ id: role.id, name: 'admin' }]);
    const domain = await client.POST('/api/organizations/{id}/jit/email-domains', {
      params,
      body: { emailDomain: 'acme.test' },
    });
    assert.equal(domain.data?.emailDomain, 'acme.test');
    await client.PUT('/api/organizations/{id}/jit/roles', { params, body: { organizationRoleIds: [role.id] } });
    const joining = await client.GET('/api/organizations/{id}/jit/roles', { params });
    assert.equal(joining.data?.[0]?.name, 'admin');
    const { data: invitation } = await client.POST('/api/organization-invitations', {
      body: {
        organizationId: organization.id,
        invitee: 'new@acme.test',
        expiresAt: Date.now() + 60_000,
        inviterId: user.id,
        organizationRoleIds: [role.id],
        messagePayload: false,
      },
    });
    assert.equal(invitation?.status, 'Pending');
    const revoked = await client.PUT('/api/organization-invitations/{id}/status', {
      params: { path: { id: invitation?.id ?? '' } },
      body: { status: 'Revoked' },
    });
    assert.equal(revoked.data?.status, 'Revoked');
  });

  it('configures sign-in, and reads the audit log', async () => {
    const kinds = await client.GET('/api/connector-factories');
    assert.ok(kinds.data?.some(({ id }) => id === 'wechat-native'));
    const { data: connector } = await client.POST('/api/connectors', {
      body: { connectorId: 'wechat-native', config: { appId: 'wx1', appSecret: 's' } },
    });
    assert.equal(connector?.target, 'wechat');
    const shown = await client.PATCH('/api/sign-in-exp', { body: { socialSignInConnectorTargets: ['wechat'] } });
    assert.deepEqual(shown.data?.socialSignInConnectorTargets, ['wechat']);
    const read = await client.GET('/api/.well-known/sign-in-exp');
    assert.equal(read.data?.socialConnectors[0]?.target, 'wechat');
    const phrases = await client.GET('/api/.well-known/phrases', { params: { query: { lng: 'es' } } });
    assert.equal(phrases.response.headers.get('content-language'), 'es');
    assert.equal((await client.GET('/api/status')).response.status, 204);
    const { data: hook } = await client.POST('/api/hooks', {
      body: { name: 'Ours', events: ['PostSignIn'], config: { url: 'https://hook.test' } },
    });
    assert.equal(hook?.enabled, true);
    const logs = await client.GET('/api/logs', { params: { query: { page: 1 } } });
    assert.ok(Array.isArray(logs.data));
    const total = await client.GET('/api/dashboard/users/total');
    assert.equal(typeof total.data?.totalUserCount, 'number');
    const active = await client.GET('/api/dashboard/users/active');
    assert.ok((active.data?.dauCurve.length ?? 0) > 0);
    const secret = await client.DELETE('/api/secrets/{id}', { params: { path: { id: 'none' } } });
    assert.equal(secret.response.status, 404);
    const system = await client.GET('/api/systems/application');
    assert.equal(system.response.status, 501);
    const grants = await client.GET('/api/account-center');
    assert.equal(grants.data?.enabled, true);
  });
});
