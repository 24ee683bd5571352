import type { RouteContract } from '@aldaba/contract';
import { z } from 'zod';
import { type Ids, plantedDomain, plantedName } from './planted.ts';

/** `:id` of a collection. */
const ofCollection: Record<string, (ids: Ids) => string> = {
  applications: (ids) => ids.machineId,
  users: (ids) => ids.userId,
  roles: (ids) => ids.roleId,
  resources: (ids) => ids.resourceId,
  organizations: (ids) => ids.organizationId,
  'organization-roles': (ids) => ids.organizationRoleId,
  'organization-scopes': (ids) => ids.organizationScopeId,
  'organization-invitations': (ids) => ids.invitationId,
  'email-templates': (ids) => ids.emailTemplateId,
  connectors: (ids) => ids.connectorId,
  hooks: (ids) => ids.hookId,
  logs: (ids) => ids.logId,
  'connector-factories': () => 'wechat-native',
};

/** Parameters by their own name; the ones in `words` are not ids of rows. */
const words: Record<string, string> = {
  target: 'wechat',
  name: plantedName,
  keyType: 'private-keys',
  scopeType: 'resource-scopes',
  factoryId: 'wechat-native',
  emailDomain: plantedDomain,
  domain: plantedDomain,
  tokenTypePath: 'access-token',
  actionType: 'action.postSignIn',
  languageTag: 'es',
  ssoConnectorId: 'none',
};
const parameterPattern = /([\w-]+)\/:(\w+)/g;

function rowOf(path: string, collection: string, name: string, ids: Ids): string {
  const word = words[name];
  if (word) return word;
  if (collection === 'applications') {
    if (path.includes('user-consent-scopes')) return ids.thirdPartyId;
    if (/access-control|sign-in-experience/.test(path)) return ids.webId;
  }
  if (path.startsWith('/api/applications') || path.includes('/applications')) {
    if (name === 'organizationRoleId') return ids.machineOrganizationRoleId;
    if (name === 'roleId' || collection === 'roles') return ids.machineRoleId;
  }
  if (name === 'secretId') return ids.other['saml-certificates'] ?? 'unknown';
  // A directory belongs to the tenant or to an organization.
  const directory = path.startsWith('/api/organizations/') ? 'organization-scim' : 'scim';
  if (name === 'tokenId' || name === 'groupId') return ids.other[`${directory}-${collection}`] ?? 'unknown';
  if (name === 'id') return ofCollection[collection]?.(ids) ?? ids.other[collection] ?? 'unknown';
  if (name === 'applicationId') return ids.machineId;
  if (collection === 'signing-keys') return ids.other[collection] ?? 'unknown';
  const known = (ids as unknown as Record<string, unknown>)[name];
  return typeof known === 'string' ? known : 'unknown';
}

/** How many rows of a tenant the path names, and whether its last parameter is one of them. */
export function rowsIn({ path }: RouteContract): { count: number; isLast: boolean } {
  const areRows = [...path.matchAll(parameterPattern)].map(
    ([, collection, name = '']) => !words[name] && collection !== 'connector-factories',
  );
  return { count: areRows.filter(Boolean).length, isLast: areRows.at(-1) === true };
}

/** The path with `ids`; the last parameter of a path may come from other ones. */
export function pathWith({ path }: RouteContract, ids: Ids, last: Ids = ids): string {
  const count = [...path.matchAll(parameterPattern)].length;
  let index = 0;
  return path.replaceAll(parameterPattern, (_, collection: string, name: string) => {
    index += 1;
    return `${collection}/${encodeURIComponent(rowOf(path, collection, name, index === count ? last : ids))}`;
  });
}

let fresh = 0;
const newName = () => {
  fresh += 1;
  return `new_${fresh}`;
};

/** Members of bodies that name rows. */
const idMembers: Record<string, (ids: Ids, path: string) => unknown> = {
  userIds: ({ userId }) => [userId],
  roleId: ({ roleId, organizationRoleId }, path) => (path.includes('/organizations/') ? organizationRoleId : roleId),
  roleIds: ({ roleId, machineRoleId }, path) => [path.includes('/applications') ? machineRoleId : roleId],
  applicationIds: ({ machineId }) => [machineId],
  scopeIds: ({ scopeId }) => [scopeId],
  resourceScopeIds: ({ scopeId }) => [scopeId],
  resourceScopes: ({ scopeId }) => [scopeId],
  organizationResourceScopes: ({ scopeId }) => [scopeId],
  organizationScopes: ({ organizationScopeId }) => [organizationScopeId],
  organizationScopeIds: ({ organizationScopeId }) => [organizationScopeId],
  organizationRoleIds: (ids, path) => [
    path.includes('/applications') ? ids.machineOrganizationRoleId : ids.organizationRoleId,
  ],
  userRoleIds: ({ roleId }) => [roleId],
  organizationIds: ({ organizationId }) => [organizationId],
  organizationRoleRules: ({ organizationId, organizationRoleId }) => [
    { organizationId, organizationRoleIds: [organizationRoleId] },
  ],
  organizationId: ({ organizationId }) => organizationId,
  inviterId: ({ userId }) => userId,
  userId: ({ userId }) => userId,
  acceptedUserId: ({ userId }) => userId,
  connectorId: ({ connectorId }) => connectorId,
};

/** Values of members whose type is not enough. */
const values: Record<string, () => unknown> = {
  name: newName,
  currentName: () => plantedName,
  description: () => 'new',
  username: newName,
  password: () => 'correct horse battery 2',
  indicator: () => `https://${newName()}.example.com`,
  invitee: () => `${newName()}@example.com`,
  email: () => `${newName()}@example.com`,
  expiresAt: () => Date.now() + 3_600_000,
  events: () => ['User.Created'],
  config: () => ({ url: 'https://hooks.example.com/' }),
  script: () => 'const getCustomJwtClaims = () => ({});',
  domain: () => `${newName().replace('_', '-')}.test`,
  emailDomain: () => `${newName().replace('_', '-')}.test`,
  emailDomains: () => ['other.test'],
  ssoConnectorIds: () => ['none'],
  targets: () => ['user_1'],
  verificationCode: () => '123456',
  templates: () => [{ languageTag: 'en', templateType: 'Register', details: { subject: 's', content: 'c' } }],
  redirectUri: () => 'https://app.example.com/callback',
  displayName: () => 'new',
};
const profileField = () => ({ name: newName(), type: 'Text', label: 'x', required: false });
const bodies: Record<string, (ids: Ids) => unknown> = {
  UpdateCaptchaProvider: () => ({ config: { type: 'ProofOfWork' } }),
  CreateApplicationProtectedAppMetadataCustomDomain: () => ({ domain: 'app.other.test' }),
  CreateConnector: () => ({ connectorId: 'wechat-native', config: { appId: 'a', appSecret: 'b' } }),
  // Other objects that may exist in addition to the planted one.
  CreateUserMfaVerification: () => ({ type: 'BackupCode' }),
  ReplaceUserIdentity: () => ({ userId: newName() }),
  UpdateConnector: () => ({ config: { appId: 'a', appSecret: 'b' } }),
  CreateSsoConnector: () => ({ providerName: 'SAML', connectorName: newName() }),
  UpdateSsoConnector: () => ({ connectorName: newName() }),
  CreateConnectorTest: () => ({ email: 'new@example.com', config: {} }),
  CreateCustomProfileFieldsBatch: () => [profileField()],
  CreateCustomProfileField: profileField,
  UpdateCustomProfileFieldByName: () => ({ type: 'Text', label: 'x', required: true }),
  UpdateCustomProfileFieldsSieOrder: () => ({ order: [{ name: plantedName, sieOrder: 0 }] }),
  UpdateOrganizationPortalLink: () => ({ parts: ['members'] }),
  UpdateCustomPhrase: () => ({ signIn: { title: 'new' } }),
  ReplaceOrganizationInvitationStatus: () => ({ status: 'Revoked' }),
};

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const bodySchemaOf = ({ body }: RouteContract): JsonSchema | undefined =>
  body && (z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as JsonSchema);

/** Whether the body can name rows of a tenant. */
export const bodyNamesRows = (route: RouteContract): boolean =>
  !bodies[route.operationId] && Object.keys(bodySchemaOf(route)?.properties ?? {}).some((name) => name in idMembers);

/** A body that the contract accepts and that names the rows of `ids` wherever it can, or undefined for none. */
export function bodyWith(route: RouteContract, ids: Ids): unknown {
  const schema = bodySchemaOf(route);
  if (!schema) return undefined;
  const own = bodies[route.operationId];
  return own ? own(ids) : sampleOf(schema, route.path, ids);
}

function sampleOf(schema: JsonSchema, path: string, ids: Ids): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return sampleOf(choice, path, ids);
  if (schema.type === 'boolean') return true;
  if (schema.type === 'number' || schema.type === 'integer') return 1;
  if (schema.type === 'array') return [];
  if (schema.type === 'string') return 'new';
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) === true;
    if (idMembers[name]) members[name] = idMembers[name](ids, path);
    else if (isRequired) members[name] = values[name]?.() ?? sampleOf(member, path, ids);
  }
  // A change of something: else it would not show whether it is let through.
  for (const name of ['name', 'description', 'displayName'])
    if (Object.keys(members).length === 0 && schema.properties?.[name]) members[name] = values[name]?.();
  return members;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const depthOf = ({ path }: RouteContract) => path.split('/').length;

/** Every managed route in an order in which each finds what it needs: deletions come last, the deepest first. */
export const walkOf = (routes: readonly RouteContract[]): RouteContract[] =>
  routes
    .filter(({ access }) => access === 'management')
    .toSorted(
      (a, b) =>
        methods.indexOf(a.method) - methods.indexOf(b.method) ||
        depthOf(b) - depthOf(a) ||
        a.path.localeCompare(b.path),
    );
