import assert from 'node:assert/strict';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { experienceClient, type Tokens } from './agent.ts';
import { type Manager, manage, requestToken } from './management.ts';
import { scimClient } from './scim.ts';
import type { TestServer } from './server.ts';

/** Ids and names of what a tenant has, by the names that paths and bodies use for them. */
export interface Ids {
  userId: string;
  machineId: string;
  webId: string;
  thirdPartyId: string;
  roleId: string;
  machineRoleId: string;
  resourceId: string;
  scopeId: string;
  connectorId: string;
  organizationId: string;
  organizationRoleId: string;
  machineOrganizationRoleId: string;
  organizationScopeId: string;
  invitationId: string;
  portalLinkId: string;
  hookId: string;
  emailTemplateId: string;
  logId: string;
  verificationId: string;
  trustedDeviceId: string;
  keyId: string;
  sessionId: string;
  grantId: string;
  /** Ids of kinds that came later, by the collection they are in. */
  other: Record<string, string>;
}

/** A tenant with one row of every kind, each carrying `mark` where a text can. */
export interface Planted {
  tenant: Tenant;
  api: Manager;
  mark: string;
  ids: Ids;
  machine: { id: string; secret: string };
  /** Of the planted user, who signed in at the built-in demo app. */
  tokens: Tokens;
}

/** Name of the application secret, the personal access token and the profile field. */
export const plantedName = 'planted_name';
export const plantedDomain = 'planted.test';
const password = 'correct horse battery 1';

/** Plants one row of every kind through the Management API and a sign-in. */
export async function plant(server: TestServer, tenant: Tenant): Promise<Planted> {
  const api = await manage(server, tenant);
  const mark = `planted-in-${tenant.id}`;
  const username = `planted_${tenant.id}`;
  const make = makerOf(api);
  const idOf = async (path: string, body: object) => (await make('POST', path, body)).id as string;
  const user = { username, password, name: mark, primaryEmail: `${mark}@example.com`, customData: { mark } };
  const userId = await idOf('/api/users', user);
  const machine = await make('POST', '/api/applications', {
    name: mark,
    type: 'MachineToMachine',
    customData: { mark },
  });
  const redirectUris = [`https://${mark}.example.com/callback`];
  const web = { name: mark, type: 'SPA', oidcClientMetadata: { redirectUris } };
  const webId = await idOf('/api/applications', web);
  const thirdPartyId = await idOf('/api/applications', { ...web, isThirdParty: true });
  const resourceId = await idOf('/api/resources', { name: mark, indicator: `https://${mark}.example.com/api` });
  const scopeId = await idOf(`/api/resources/${resourceId}/scopes`, { name: 'all', description: mark });
  const role = { name: mark, description: mark, scopeIds: [scopeId] };
  const roleId = await idOf('/api/roles', role);
  const machineRoleId = await idOf('/api/roles', { ...role, name: `${mark}-machine`, type: 'MachineToMachine' });
  const connector = { connectorId: 'wechat-native', config: { appId: mark, appSecret: mark } };
  const connectorId = await idOf('/api/connectors', connector);
  const hook = { name: mark, events: ['User.Created'], config: { url: `https://${mark}.example.com/hook` } };
  const hookId = await idOf('/api/hooks', hook);
  const applications = { machineId: machine.id, webId, thirdPartyId };
  const roles = { resourceId, scopeId, roleId, machineRoleId };
  const organizations = await plantOrganization({ api, mark, userId, scopeId, machineId: machine.id });
  const [emailTemplate] = await make('PUT', '/api/email-templates', {
    templates: [{ languageTag: 'en', templateType: 'SignIn', details: { subject: mark, content: mark } }],
  });
  await plantRelations({ api, mark }, { userId, ...applications, ...roles, ...organizations });
  await make('PATCH', '/api/sign-in-exp', { termsOfUseUrl: `https://${mark}.example.com/terms` });
  const others = { userId, connectorId, webId: applications.webId, ...roles, ...organizations };
  const other = await plantOthers({ tenant, api, mark }, others);
  const client = experienceClient(tenant.baseUrl);
  const tokens = await client.redeem(await client.signIn(username, password));
  await plantDeletion(tenant, userId);
  return {
    tenant,
    api,
    mark,
    machine,
    tokens,
    ids: {
      userId,
      ...applications,
      ...roles,
      ...organizations,
      connectorId,
      hookId,
      emailTemplateId: emailTemplate.id,
      ...(await findTraces({ tenant, api, mark }, userId)),
      verificationId: await plantFactor(api, userId),
      trustedDeviceId: await plantDevice(tenant, userId),
      other,
    },
  };
}

/** What was sent or is to be sent to an address, and tokens of a provider. */
async function plantOthers(
  { tenant, api, mark }: Pick<Planted, 'tenant' | 'api' | 'mark'>,
  ids: Pick<Ids, 'userId' | 'connectorId' | 'webId' | 'roleId' | 'organizationId' | 'organizationRoleId'>,
): Promise<Ids['other']> {
  const { userId, connectorId, webId } = ids;
  const make = makerOf(api);
  const email = `${mark}@example.com`;
  await make('POST', '/api/verification-codes', { email });
  const [message] = await make('GET', '/api/inbox/messages');
  const link = await make('POST', '/api/one-time-tokens', { email });
  const secretId = await plantTokens(tenant, { userId, connectorId, identityId: mark });
  const saml = await make('POST', '/api/saml-applications', {
    name: mark,
    entityId: `https://${mark}.example.com/saml`,
  });
  // An inactive one, which can be deleted.
  const certificate = await make('POST', `/api/saml-applications/${saml.id}/secrets`, { lifeSpanInYears: 1 });
  const directories = await plantDirectories({ tenant, api, mark }, ids);
  const company = await make('POST', '/api/sso-connectors', { providerName: 'SAML', connectorName: mark });
  const key = await make('POST', `/api/sso-connectors/${company.id}/signing-keys`, { active: false });
  await tenant.db.raw(
    `insert into sso_connector_idp_initiated_auth_configs (tenant_id, connector_id, default_application_id, created_at)
     values ($1, $2, $3, now())`,
    [tenant.id, company.id, webId],
  );
  return {
    'one-time-tokens': link.id,
    messages: message.id,
    secrets: secretId,
    'saml-applications': saml.id,
    'saml-certificates': certificate.id,
    'sso-connectors': company.id,
    'signing-keys': key.id,
    ...directories,
  };
}

/** The directories of the tenant and of the organization: a token each, and a group with the planted user. */
async function plantDirectories(
  { tenant, api, mark }: Pick<Planted, 'tenant' | 'api' | 'mark'>,
  {
    userId,
    roleId,
    organizationId,
    organizationRoleId,
  }: Pick<Ids, 'userId' | 'roleId' | 'organizationId' | 'organizationRoleId'>,
): Promise<Ids['other']> {
  const make = makerOf(api);
  const planted: Ids['other'] = {};
  for (const [kind, path, role] of [
    ['', '/api', roleId],
    ['organization-', `/api/organizations/${organizationId}`, organizationRoleId],
  ] as const) {
    const { id, value } = await make('POST', `${path}/scim/tokens`, { name: mark });
    const directory = scimClient(tenant.baseUrl, value);
    await directory.patch(`/Users/${userId}`, { op: 'add', path: 'title', value: mark });
    const { body: group } = await directory.post('/Groups', { displayName: mark, members: [{ value: userId }] });
    await make('PATCH', `${path}/scim/groups/${group.id}`, { roleId: role });
    planted[`${kind}scim-tokens`] = id;
    planted[`${kind}scim-groups`] = group.id;
  }
  return planted;
}

/** What the sign-in of the planted user left behind, and a line of the audit log that is known to be there. */
async function findTraces({ tenant, api, mark }: Pick<Planted, 'tenant' | 'api' | 'mark'>, userId: string) {
  const make = makerOf(api);
  const { sessions } = await make('GET', `/api/users/${userId}/sessions`);
  const { grants } = await make('GET', `/api/users/${userId}/grants`);
  const keys = await make('GET', '/api/configs/oidc/private-keys');
  const logId = `log-${tenant.id}`;
  await tenant.db.raw(
    `insert into logs (tenant_id, id, key, payload, created_at) values ($1, $2, 'Interaction.Create', $3, now())`,
    [tenant.id, logId, { key: 'Interaction.Create', result: 'Success', userId, mark }],
  );
  return { logId, keyId: keys[0].id, sessionId: sessions[0].payload.uid, grantId: grants[0].id };
}

/** An authenticator app, after the sign-in that does not ask for it. */
async function plantFactor(api: Manager, userId: string): Promise<string> {
  const path = `/api/users/${userId}/mfa-verifications`;
  await makerOf(api)('POST', path, { type: 'Totp' });
  const [factor] = await makerOf(api)('GET', path);
  return factor.id;
}

/** A browser that the second factor is not asked for in, as a sign-in would keep it. */
async function plantDevice({ id, db }: Planted['tenant'], userId: string): Promise<string> {
  const deviceId = `device-${id}`;
  await db.raw(
    `insert into trusted_devices (tenant_id, id, user_id, secret_hash, user_agent, created_at, last_used_at, expires_at)
     values ($1, $2, $3, 'hash', 'A browser', now(), now(), now() + interval '30 days')`,
    [id, deviceId, userId],
  );
  return deviceId;
}

/** Tokens of a provider, as a sign-in would keep them. */
async function plantTokens(
  { id, db }: Planted['tenant'],
  { userId, connectorId, identityId }: { userId: string; connectorId: string; identityId: string },
): Promise<string> {
  const secretId = `secret-${id}`;
  await db.raw(
    `insert into secrets (tenant_id, id, user_id, type, connector_id, target, identity_id, key_sealed, value_sealed, metadata)
     values ($1, $2, $3, 'federated_token_set', $4, 'wechat', $5, 'sealed', 'sealed', '{"hasRefreshToken": false}')`,
    [id, secretId, userId, connectorId, identityId],
  );
  return secretId;
}

/** A deletion that the user asked for on the account page. */
const plantDeletion = ({ id, db }: Planted['tenant'], userId: string): Promise<unknown> =>
  db.raw(
    `insert into account_deletions (tenant_id, user_id, requested_at, deletes_at)
     values ($1, $2, now(), now() + interval '14 days')`,
    [id, userId],
  );

/** A token by client credentials for the tenant's Management API, whatever scopes it has. */
export const machineToken = async ({ tenant, machine }: Planted): Promise<string> =>
  (await requestToken(tenant.baseUrl, machine, tenant.managementIndicator)).body.access_token;

const makerOf =
  (api: Manager) =>
  async (method: string, path: string, body?: object): Promise<Awaited<ReturnType<Manager['get']>>['body']> => {
    const reply = await api.send(method, path, body ? { body } : {});
    assert.ok(reply.status < 300, `${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };

async function plantOrganization(wish: {
  api: Manager;
  mark: string;
  userId: string;
  scopeId: string;
  machineId: string;
}) {
  const { api, mark, userId, scopeId, machineId } = wish;
  const make = makerOf(api);
  const { id: organizationId } = await make('POST', '/api/organizations', { name: mark, customData: { mark } });
  const { id: organizationScopeId } = await make('POST', '/api/organization-scopes', { name: mark });
  const role = { organizationScopeIds: [organizationScopeId], resourceScopeIds: [scopeId], description: mark };
  const { id: organizationRoleId } = await make('POST', '/api/organization-roles', { name: mark, ...role });
  const { id: machineOrganizationRoleId } = await make('POST', '/api/organization-roles', {
    ...role,
    name: `${mark}-machine`,
    type: 'MachineToMachine',
  });
  const path = `/api/organizations/${organizationId}`;
  await make('POST', `${path}/users`, { userIds: [userId] });
  await make('POST', `${path}/users/${userId}/roles`, { organizationRoleIds: [organizationRoleId] });
  await make('POST', `${path}/applications`, { applicationIds: [machineId] });
  await make('POST', `${path}/applications/${machineId}/roles`, { organizationRoleIds: [machineOrganizationRoleId] });
  await make('POST', `${path}/jit/email-domains`, { emailDomain: plantedDomain });
  await make('POST', `${path}/domains`, { domain: plantedDomain });
  await make('POST', `${path}/jit/roles`, { organizationRoleIds: [organizationRoleId] });
  const { id: invitationId } = await make('POST', '/api/organization-invitations', {
    invitee: `guest-${mark}@example.com`,
    organizationId,
    inviterId: userId,
    expiresAt: Date.now() + 86_400_000,
    organizationRoleIds: [organizationRoleId],
  });
  const { id: portalLinkId } = await make('POST', `${path}/portal-links`, {});
  return {
    ...{ organizationId, organizationScopeId, organizationRoleId, machineOrganizationRoleId },
    ...{ invitationId, portalLinkId },
  };
}

async function plantRelations(
  { api, mark }: { api: Manager; mark: string },
  ids: Pick<
    Ids,
    | 'userId'
    | 'machineId'
    | 'webId'
    | 'thirdPartyId'
    | 'roleId'
    | 'machineRoleId'
    | 'scopeId'
    | 'organizationScopeId'
    | 'organizationId'
  >,
) {
  const make = makerOf(api);
  const user = `/api/users/${ids.userId}`;
  await make('POST', `${user}/roles`, { roleIds: [ids.roleId] });
  await make('PUT', `${user}/identities/wechat`, { userId: mark, details: { mark } });
  await make('POST', `${user}/personal-access-tokens`, { name: plantedName });
  const machine = `/api/applications/${ids.machineId}`;
  await make('POST', `${machine}/roles`, { roleIds: [ids.machineRoleId] });
  await make('POST', `${machine}/secrets`, { name: plantedName });
  await make('PUT', `/api/applications/${ids.webId}/access-control`, {
    userIds: [ids.userId],
    userRoleIds: [ids.roleId],
    organizationIds: [ids.organizationId],
    organizationRoleRules: [],
  });
  await make('PUT', `/api/applications/${ids.webId}/sign-in-experience`, { displayName: mark });
  await make('POST', `/api/applications/${ids.thirdPartyId}/user-consent-scopes`, {
    userScopes: ['email'],
    resourceScopes: [ids.scopeId],
    organizationScopes: [ids.organizationScopeId],
  });
  await make('POST', '/api/subject-tokens', { userId: ids.userId, context: { mark } });
  await make('POST', '/api/custom-profile-fields', { name: plantedName, type: 'Text', label: mark, required: false });
  await make('PUT', '/api/custom-phrases/es', { signIn: { title: mark } });
  await make('PUT', '/api/captcha-provider', { config: { type: 'ProofOfWork' } });
  const script = `const getCustomJwtClaims = () => ({ mark: '${mark}' });`;
  for (const kind of ['access-token', 'client-credentials'])
    await make('PUT', `/api/configs/jwt-customizer/${kind}`, { script });
  const action = `const runAction = () => undefined; // ${mark}`;
  for (const kind of ['action.postFirstFactorVerification', 'action.postSignIn'])
    await make('PUT', `/api/configs/actions/${kind}`, { script: action });
}
