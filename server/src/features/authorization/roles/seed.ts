import { defaultTenantId } from '../../../tenancy/address.ts';
import type { Seed } from '../../../tenancy/service.ts';
import { insertManagementApi } from '../resources/index.ts';
import { insertAdministratorRole, insertRole, insertRoleScopes } from './store.ts';

/** Ids that every tenant has. */
const managementResourceId = 'management-api';
const managementScopeId = 'management-api-all';
/** Machine-to-machine role with full access to the Management API. */
export const managementRoleId = 'management-api-access';
/** In the admin tenant: the role of administrators of the default tenant. */
export const administratorRoleId = `${defaultTenantId}-admin`;

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
  const roleId = `${tenantId}-admin`;
  const resourceId = `${tenantId}-${managementResourceId}`;
  const name = `Management API of the tenant ${tenantId}`;
  const isNew = await insertManagementApi(tx, { tenantId, resourceId, name });
  if ((await insertAdministratorRole(tx, { id: roleId, tenantId })) && isNew)
    await insertRoleScopes(tx, roleId, [`${resourceId}-all`]);
};
