import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createManagementApi } from '@logto/api/management';
import { managementApi } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

type ApiClient = ReturnType<typeof createManagementApi>['apiClient'];

/**
 * A spread of operations through the published client's types. That it compiles says that paths, parameters and bodies are the
 * ones the client was generated for; that it passes, that the answers hold what the types promise.
 */
describe('@logto/api, operation by operation', () => {
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

  it('sets the tenant up: keys, sessions, ID tokens and custom claims', async () => {
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

  it('keeps words, templates, profile fields and the account center', async () => {
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

  it('gives people second factors and social identities', async () => {
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
    const connectorData: Record<string, unknown> = { code: 'of the callback' };
    const linked = await client.POST('/api/users/{userId}/identities', {
      params: { path },
      body: { connectorId: 'none', connectorData },
    });
    assert.equal(linked.response.status, 404);
  });

  it('makes one-time tokens and looks after what was left behind', async () => {
    const made = await client.POST('/api/one-time-tokens', { body: { email: 'ana@example.com' } });
    assert.ok(made.data);
    const verified = await client.POST('/api/one-time-tokens/verify', {
      body: { email: 'ana@example.com', token: made.data.token },
    });
    assert.equal(verified.data?.status, 'consumed');
    const codes = await client.POST('/api/verification-codes', { body: { email: 'ana@example.com' } });
    assert.equal(codes.response.status, 501);
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
});
