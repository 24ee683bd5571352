import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createOrganizationRoles } from '../../server/src/features/organizations/organization-roles/index.ts';
import { createOrganizations } from '../../server/src/features/organizations/organizations/index.ts';
import {
  createMfaVerifications,
  type MfaVerifications,
} from '../../server/src/features/people/mfa-verifications/index.ts';
import { createVault } from '../../server/src/kernel/crypto.ts';
import { sql } from '../../server/src/store/sql.ts';
import { createAgent } from '../support/agent.ts';
import { createParty, failureOf, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const organizationsScope = 'urn:logto:scope:organizations';
const rolesScope = 'urn:logto:scope:organization_roles';
const indicator = 'https://invoices.test';
const scope = `openid offline_access ${organizationsScope} ${rolesScope} read write pay`;
const redirectUri = 'https://client.example.com/cb';
const oidcClientMetadata = { redirectUris: [redirectUri] };

describe('Organization tokens', () => {
  let provider: Provider;
  let spa: Party;
  let machine: Party;
  const events = { publish: async () => undefined };
  const template = createOrganizationRoles({ events });
  const organizations = createOrganizations({ clock: { now: () => Date.now() }, organizationRoles: template, events });
  let factors: MfaVerifications;
  const ids = { read: '', write: '', pay: '', reader: '', writer: '', robot: '' };
  before(async () => {
    provider = await startProvider({ isStill: true });
    const vault = createVault('a secret for tests that is long enough');
    const deviceTrust = { forgetAll: async () => undefined };
    factors = createMfaVerifications({ clock: provider.clock, vault, users: provider.users, events, deviceTrust });
    const { db } = provider.tenant;
    const resource = await provider.resources.create(db, { name: 'Invoices', indicator, accessTokenTtl: 600 });
    ids.pay = (await provider.resources.createScope(db, resource.id, { name: 'pay', description: null })).id;
    ids.read = (await template.createScope(db, { name: 'read' })).id;
    ids.write = (await template.createScope(db, { name: 'write' })).id;
    const role = async (name: string, type: 'User' | 'MachineToMachine', scopes: string[], resourceScopes: string[]) =>
      (await template.create(db, { name, type, organizationScopeIds: scopes, resourceScopeIds: resourceScopes })).id;
    ids.reader = await role('reader', 'User', [ids.read], []);
    ids.writer = await role('writer', 'User', [ids.write], [ids.pay]);
    ids.robot = await role('robot', 'MachineToMachine', [ids.read], [ids.pay]);
    const client = await provider.addClient({ type: 'SPA', oidcClientMetadata });
    spa = createParty(provider, { id: client.id, redirectUri });
    const robot = await provider.addClient({ type: 'MachineToMachine' });
    machine = createParty(provider, { id: robot.id, redirectUri, secret: robot.secret ?? '' });
  });
  after(() => provider.close());

  /** A person, member of a new organization with the roles. */
  const join = async (roleIds: string[] = [], draft: { isMfaRequired?: boolean } = {}) => {
    const { db } = provider.tenant;
    const { id } = await organizations.create(db, { name: 'Acme', ...draft });
    const user = await provider.addUser();
    await organizations.addMembers(db, 'user', id, [user.id]);
    const member = { kind: 'user', organizationId: id, id: user.id } as const;
    if (roleIds.length > 0) await organizations.addRoles(db, { ...member, ids: [user.id] }, roleIds);
    return { organizationId: id, userId: user.id, member };
  };
  const signIn = (userId: string, extra = {}) => spa.tokens(userId, { scope, resource: indicator, ...extra });
  const refuse = async (response: Response) => {
    const { status, error } = await failureOf(response);
    return `${status} ${error}`;
  };
  const read = async (response: Response): Promise<Tokens> => {
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Tokens;
  };

  it('names the organization as the audience, with the permissions that the user’s roles in it grant', async () => {
    const { userId, organizationId } = await join([ids.reader]);
    const { refresh_token: token = '' } = await signIn(userId);
    const answer = await read(await spa.refresh(token, { organization_id: organizationId }));
    const { exp = 0, iat = 0, jti, ...claims } = decodeJwt(answer.access_token);
    assert.deepEqual(claims, {
      iss: `${provider.url}/oidc`,
      sub: userId,
      aud: `urn:logto:organization:${organizationId}`,
      client_id: spa.id,
      scope: 'read',
    });
    assert.ok(jti);
    assert.equal(decodeProtectedHeader(answer.access_token).typ, 'at+jwt');
    assert.deepEqual([exp - iat, answer.expires_in, answer.scope], [3600, 3600, 'read']);
    assert.ok(answer.refresh_token);
  });

  it('grants fewer permissions in an organization if the client requests fewer, and rejects ungranted ones', async () => {
    const { userId, organizationId } = await join([ids.reader, ids.writer]);
    const { refresh_token: token = '' } = await signIn(userId, {
      scope: `openid offline_access ${organizationsScope} read`,
    });
    const asked = { organization_id: organizationId };
    const { refresh_token: next = '', scope: given } = await read(await spa.refresh(token, asked));
    assert.equal(given, 'read');
    assert.equal(await refuse(await spa.refresh(next, { ...asked, scope: 'write' })), '400 invalid_scope');
  });

  // security: organization-rights
  it('limits a resource token of an organization to the permissions that its roles grant', async () => {
    const { userId, organizationId } = await join([ids.writer]);
    const outside = await join();
    const { refresh_token: token = '' } = await signIn(userId);
    const request = { organization_id: organizationId, resource: indicator };
    const answer = await read(await spa.refresh(token, request));
    const claims = decodeJwt(answer.access_token);
    assert.deepEqual([claims.aud, claims.organization_id, claims.scope], [indicator, organizationId, 'pay']);
    assert.equal(answer.expires_in, 600);
    // The same without the organization: roles in it count in it only.
    const bare = await read(await spa.refresh(answer.refresh_token ?? '', { resource: indicator }));
    assert.deepEqual([decodeJwt(bare.access_token).organization_id, bare.scope], [undefined, '']);
    const next = bare.refresh_token ?? '';
    assert.equal(
      await refuse(await spa.refresh(next, { ...request, organization_id: outside.organizationId })),
      '403 access_denied',
    );
    assert.equal(
      await refuse(await spa.refresh(next, { ...request, resource: 'https://no.test' })),
      '400 invalid_target',
    );
  });

  it('requires the scope for organizations', async () => {
    const { userId, organizationId } = await join([ids.reader]);
    const { refresh_token: token = '' } = await spa.tokens(userId);
    assert.equal(await refuse(await spa.refresh(token, { organization_id: organizationId })), '403 insufficient_scope');
    assert.equal((await spa.refresh(token)).status, 200, 'a refused request leaves the refresh token as it was');
  });

  // security: organization-rights
  it('applies changed roles and memberships at the next refresh', async () => {
    const { userId, organizationId, member } = await join([ids.reader]);
    const { db } = provider.tenant;
    let { refresh_token: token = '' } = await signIn(userId);
    const refreshed = async () => {
      const answer = await read(await spa.refresh(token, { organization_id: organizationId }));
      token = answer.refresh_token ?? '';
      return answer.scope;
    };
    assert.equal(await refreshed(), 'read');
    await organizations.replaceRoles(db, member, [ids.writer]);
    assert.equal(await refreshed(), 'write');
    await template.takeScope(db, 'organization', ids.writer, ids.write);
    assert.equal(await refreshed(), '');
    await template.addScopes(db, 'organization', ids.writer, [ids.write]);
    assert.equal(await refreshed(), 'write');
    await organizations.removeMember(db, member);
    assert.equal(await refuse(await spa.refresh(token, { organization_id: organizationId })), '403 access_denied');
    await organizations.addMembers(db, 'user', organizationId, [userId]);
    assert.equal(await refreshed(), '');
    await organizations.remove(db, organizationId);
    assert.equal(await refuse(await spa.refresh(token, { organization_id: organizationId })), '403 access_denied');
  });

  // security: second-factor-required
  it('rejects users without a second factor if the organization requires one', async () => {
    const { userId, organizationId } = await join([ids.reader], { isMfaRequired: true });
    const { refresh_token: token = '' } = await signIn(userId);
    assert.equal(await refuse(await spa.refresh(token, { organization_id: organizationId })), '403 access_denied');
    await factors.add(provider.tenant, userId, { type: 'Totp' });
    provider.signIn.amr = ['pwd', 'otp', 'mfa'];
    const { refresh_token: stepped = '' } = await signIn(userId);
    provider.signIn.amr = ['pwd'];
    const answer = await read(await spa.refresh(stepped, { organization_id: organizationId }));
    const [factor] = await factors.list(provider.tenant.db, userId);
    await factors.remove(provider.tenant.db, { userId, id: factor?.id ?? '', revokeSessions: false });
    const last = answer.refresh_token ?? '';
    assert.equal(await refuse(await spa.refresh(last, { organization_id: organizationId })), '403 access_denied');
  });

  // security: second-factor-required
  it('requires a second factor verified in the session, and issues the token after a new sign-in with it', async () => {
    const { userId, organizationId } = await join([ids.reader], { isMfaRequired: true });
    const there = { organization_id: organizationId };
    const agent = createAgent();
    const asked = { scope, resource: indicator };
    const first = await spa.tokens(userId, asked, agent);
    // An authenticator set up in another session, perhaps by an attacker who stole it, is not accepted here.
    await factors.add(provider.tenant, userId, { type: 'Totp' });
    const refused = await spa.refresh(first.refresh_token ?? '', there);
    const { status, error, description } = await failureOf(refused);
    assert.deepEqual([status, error], [403, 'insufficient_user_authentication']);
    assert.match(description, /prompt=login/);
    const exchanger = await provider.addClient({
      type: 'Traditional',
      oidcClientMetadata,
      customClientMetadata: { allowTokenExchange: true },
    });
    const party = createParty(provider, { id: exchanger.id, redirectUri, secret: exchanger.secret ?? '' });
    const exchange = (token: string, kind = 'urn:ietf:params:oauth:token-type:access_token') =>
      party.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: kind,
        ...there,
      });
    assert.equal(await refuse(await exchange(first.access_token)), '403 insufficient_user_authentication');

    provider.signIn.amr = ['pwd', 'otp', 'mfa'];
    const second = await spa.tokens(userId, { ...asked, prompt: 'login consent' }, agent);
    provider.signIn.amr = ['pwd'];
    const { access_token: jwt, refresh_token: next = '' } = await read(
      await spa.refresh(second.refresh_token ?? '', there),
    );
    assert.equal((await spa.refresh(next, there)).status, 200);
    for (const token of [second.access_token, jwt]) assert.equal((await exchange(token)).status, 200);
    // No sign-in stands behind what an operator issues: to have a factor is enough.
    const { subjectToken } = await provider.subjectTokens.create(provider.tenant.db, { userId });
    assert.equal((await exchange(subjectToken, 'urn:logto:token-type:impersonation_token')).status, 200);
  });

  it('rejects third-party applications that the user did not allow in an organization', async () => {
    const { userId, organizationId } = await join([ids.reader]);
    const client = await provider.addClient({ type: 'MachineToMachine' });
    const party = createParty(provider, { id: client.id, redirectUri, secret: client.secret ?? '' });
    await organizations.addMembers(provider.tenant.db, 'application', organizationId, [client.id]);
    const request = { grant_type: 'client_credentials', organization_id: organizationId };
    assert.equal((await party.token(request)).status, 200);
    await provider.tenant.db.run(
      sql
        .updateTable('applications')
        .set({ is_third_party: true })
        .where('tenant_id', '=', 'default')
        .where('id', '=', client.id),
    );
    await provider.tenant.db.transaction((tx) => provider.applications.update(tx, client.id, { name: 'Third party' }));
    assert.equal(await refuse(await party.token(request)), '403 access_denied');
    assert.ok(userId);
  });

  it('issues organization tokens to machine-to-machine applications that belong to the organization', async () => {
    const { organizationId } = await join();
    const { db } = provider.tenant;
    const request = { grant_type: 'client_credentials', organization_id: organizationId, scope: 'read write pay' };
    assert.equal(await refuse(await machine.token(request)), '403 access_denied');
    await organizations.addMembers(db, 'application', organizationId, [machine.id]);
    assert.equal((await read(await machine.token(request))).scope, '');
    await organizations.addRoles(db, { kind: 'application', organizationId, ids: [machine.id] }, [ids.robot]);
    const claims = decodeJwt((await read(await machine.token(request))).access_token);
    assert.deepEqual(
      [claims.aud, claims.sub, claims.scope, claims.organization_id],
      [`urn:logto:organization:${organizationId}`, machine.id, 'read', undefined],
    );
    const forResource = decodeJwt((await read(await machine.token({ ...request, resource: indicator }))).access_token);
    assert.deepEqual(
      [forResource.aud, forResource.organization_id, forResource.scope],
      [indicator, organizationId, 'pay'],
    );
    await organizations.removeMember(db, { kind: 'application', organizationId, id: machine.id });
    assert.equal(await refuse(await machine.token(request)), '403 access_denied');
  });

  // security: organization-rights
  it('never grants the Management API through an organization, whatever a role in the database contains', async () => {
    const { organizationId } = await join();
    const { db, managementIndicator: resource } = provider.tenant;
    await organizations.addMembers(db, 'application', organizationId, [machine.id]);
    await organizations.addRoles(db, { kind: 'application', organizationId, ids: [machine.id] }, [ids.robot]);
    await db.raw(
      `insert into organization_role_resource_scopes (tenant_id, organization_role_id, scope_id)
       values ($1, $2, 'management-api-all')`,
      [db.tenantId, ids.robot],
    );
    const request = { grant_type: 'client_credentials', organization_id: organizationId, resource, scope: 'all' };
    const { access_token: token, scope: given } = await read(await machine.token(request));
    assert.equal(given, '');
    const guarded = await fetch(`${provider.url}/test/guarded`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(guarded.status, 403);
    await db.raw(
      "delete from organization_role_resource_scopes where tenant_id = $1 and scope_id = 'management-api-all'",
      [db.tenantId],
    );
  });

  // security: organization-rights
  it('never accepts an organization token for another tenant', async () => {
    const other = await provider.tenancy.get('other');
    const { id } = await organizations.create(other.db, { name: 'Foreign' });
    const { userId } = await join([ids.reader]);
    const { refresh_token: token = '' } = await signIn(userId);
    assert.equal(await refuse(await spa.refresh(token, { organization_id: id })), '403 access_denied');
    assert.equal(
      await refuse(await machine.token({ grant_type: 'client_credentials', organization_id: id })),
      '403 access_denied',
    );
    await assert.rejects(organizations.addMembers(other.db, 'user', id, [userId]), /related item/);
  });

  it('returns memberships and organization roles in the ID token and at userinfo for the granted scopes', async () => {
    const { userId, organizationId } = await join([ids.reader, ids.writer]);
    const told = async (wanted: string) => {
      const tokens = await spa.tokens(userId, { scope: wanted });
      const me = await fetch(`${provider.url}/oidc/me`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      const pick = ({
        organizations: of,
        organization_roles: roles,
        organization_data: data,
      }: Record<string, unknown>) => [of, roles, data];
      return [pick(decodeJwt(tokens.id_token)), pick((await me.json()) as Record<string, unknown>)];
    };
    const roles = [`${organizationId}:reader`, `${organizationId}:writer`];
    // Details of the organizations are in ID tokens of tenants that enable them, and always at userinfo.
    const data = [{ id: organizationId, name: 'Acme', description: null }];
    const all = [[organizationId], roles];
    assert.deepEqual(await told(`openid ${organizationsScope} ${rolesScope}`), [
      [...all, undefined],
      [...all, data],
    ]);
    const some = [[organizationId], undefined];
    assert.deepEqual(await told(`openid ${organizationsScope}`), [
      [...some, undefined],
      [...some, data],
    ]);
    const nothing = [undefined, undefined, undefined];
    assert.deepEqual(await told('openid profile'), [nothing, nothing]);
  });

  it('passes the organization to scripts for custom claims', async () => {
    const { userId, organizationId } = await join();
    const { refresh_token: token = '' } = await signIn(userId);
    const script = `const getCustomJwtClaims = async ({ token, context }) => ({ told: [token.aud, context.organization.id] });`;
    await provider.customClaims.save(provider.tenant, 'access-token', { script });
    const { access_token: jwt } = await read(await spa.refresh(token, { organization_id: organizationId }));
    await provider.customClaims.remove(provider.tenant, 'access-token');
    assert.deepEqual(decodeJwt(jwt).told, [`urn:logto:organization:${organizationId}`, organizationId]);
  });

  it('passes the kinds of the user’s second factors to scripts for custom claims', async () => {
    const { userId } = await join();
    const script = `const getCustomJwtClaims = async ({ context }) => ({ told: context.user.mfaVerificationFactors });`;
    await provider.customClaims.save(provider.tenant, 'access-token', { script });
    const told = async () => {
      const { refresh_token: token = '' } = await signIn(userId);
      return decodeJwt((await read(await spa.refresh(token, { resource: indicator }))).access_token).told;
    };
    assert.deepEqual(await told(), []);
    await factors.add(provider.tenant, userId, { type: 'Totp' });
    await factors.add(provider.tenant, userId, { type: 'BackupCode' });
    assert.deepEqual(await told(), ['BackupCode', 'Totp']);
    await provider.customClaims.remove(provider.tenant, 'access-token');
  });

  it('issues an organization token with custom claims in at most four SQL statements', async () => {
    const { userId, organizationId } = await join([ids.reader], { isMfaRequired: true });
    await factors.add(provider.tenant, userId, { type: 'Totp' });
    provider.signIn.amr = ['pwd', 'otp', 'mfa'];
    let { refresh_token: token = '' } = await signIn(userId, { scope: `${scope} roles` });
    provider.signIn.amr = ['pwd'];
    const count = async (request: Record<string, string>) => {
      const before = provider.database.statements.count;
      const answer = await read(await spa.refresh(token, request));
      token = answer.refresh_token ?? '';
      return provider.database.statements.count - before;
    };
    for (const request of [{}, { resource: indicator }, { organization_id: organizationId }]) {
      await count(request);
      const spent = await count(request);
      assert.ok(spent <= 4, `${JSON.stringify(request)} took ${spent}`);
    }
  });
});
