import { adminTenantId, defaultTenantId, type Seed } from '../../tenancy/index.ts';
import { insertManagementApi, insertRole, insertRoleScopes } from './store.ts';

/** Ids that every tenant has. */
export const managementResourceId = 'management-api';
export const managementScopeId = 'management-api-all';
/** Machine-to-machine role that gives an application the whole Management API. */
export const managementRoleId = 'management-api-access';
/** In the admin tenant: the role of administrators of the default tenant. */
export const administratorRoleId = 'default-admin';

/** Gives a tenant its Management API, the permission `all` and the role that applications need. */
export const seedManagementApi: Seed = async (tx, tenantId) => {
  await insertManagementApi(tx, {
    tenantId,
    resourceId: managementResourceId,
    scopeId: managementScopeId,
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
  // Administrators sign in to the admin tenant and manage the default tenant with the tokens they get there.
  if (tenantId !== adminTenantId) return;
  const api = {
    tenantId: defaultTenantId,
    resourceId: 'default-management-api',
    scopeId: 'default-management-api-all',
  };
  await insertManagementApi(tx, { ...api, name: 'Management API of the default tenant' });
  await insertRole(tx, {
    id: administratorRoleId,
    name: 'default:admin',
    description: 'Administrator of the default tenant.',
    type: 'User',
    isDefault: false,
  });
  await insertRoleScopes(tx, administratorRoleId, [api.scopeId]);
};
