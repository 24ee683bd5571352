import { managementScopes, type TeamRole } from '@aldaba/contract';
import { defaultTenantId } from '../../../tenancy/address.ts';
import type { Seed } from '../../../tenancy/service.ts';
import { insertManagementApi } from '../resources/index.ts';
import { insertRole, insertRoleScopes } from './store.ts';
import { insertTeamRole, viewerSuffix } from './team-store.ts';

/** Ids that every tenant has. */
const managementResourceId = 'management-api';
const managementScopeId = 'management-api-all';
/** Machine-to-machine role with full access to the Management API. */
export const managementRoleId = 'management-api-access';
/** In the admin tenant: the role of administrators of the default tenant. */
export const administratorRoleId = `${defaultTenantId}-admin`;
/** In the admin tenant: the role of users with full access to a tenant, or of users who only read it. */
export const teamRoleId = (tenantId: string, role: TeamRole): string =>
  role === 'full' ? `${tenantId}-admin` : `${tenantId}${viewerSuffix}`;

/** Creates a tenant's Management API, its permissions and the role for applications. */
export const seedManagementApi: Seed = async (tx, tenantId) => {
  await insertManagementApi(tx, {
    tenantId,
    resourceId: managementResourceId,
    name: 'Logto Management API',
  });
  await insertRole(tx, {
    id: managementRoleId,
    name: 'Logto Management API access',
    description: 'Full access to the Management API for an application.',
    type: 'MachineToMachine',
    isDefault: false,
  });
  await insertRoleScopes(tx, managementRoleId, [managementScopeId]);
};

/**
 * Makes the admin tenant issue tokens for a tenant's Management API: administrators of every tenant sign in there, and
 * its machine-to-machine applications may manage other tenants.
 */
export const seedManagedTenant: Seed = async (tx, tenantId) => {
  const resourceId = `${tenantId}-${managementResourceId}`;
  const name = `Management API of the tenant ${tenantId}`;
  const isNew = await insertManagementApi(tx, { tenantId, resourceId, name });
  const reading = managementScopes.flatMap(({ name: scope }) =>
    scope.startsWith('read:') ? [`${resourceId}-${scope.replace(':', '-')}`] : [],
  );
  for (const [role, suffix, description, scopeIds] of [
    ['full', 'admin', `Administrator of the tenant ${tenantId}.`, [`${resourceId}-all`]],
    ['read-only', 'viewer', `Reads everything of the tenant ${tenantId}.`, reading],
  ] as const) {
    const id = teamRoleId(tenantId, role);
    if ((await insertTeamRole(tx, { id, name: `${tenantId}:${suffix}`, description })) && isNew)
      await insertRoleScopes(tx, id, scopeIds);
  }
};
