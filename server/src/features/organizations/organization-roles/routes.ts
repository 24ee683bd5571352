import * as contract from '@aldaba/contract';
import { type Implement, Paged, pageOf } from '../../../http/implement.ts';
import { containsSearch } from '../../../http/search.ts';
import type { OrganizationRoles } from './service.ts';

const searchable = ['id', 'name'];

/** `/api/organization-roles` and `/api/organization-scopes`. */
export function organizationRoleRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationRoles, async ({ tenant, query, page }) => {
    const { items, total } = await roles.list(tenant.db, containsSearch(query.q, searchable), page);
    return new Paged(items, total);
  });
  implement(contract.createOrganizationRole, ({ tenant, body }) =>
    tenant.db.transaction((tx) => roles.create(tx, body)),
  );
  implement(contract.getOrganizationRole, ({ tenant, params }) => roles.get(tenant.db, params.id));
  implement(contract.updateOrganizationRole, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.update(tx, params.id, body)),
  );
  implement(contract.deleteOrganizationRole, ({ tenant, params }) => roles.remove(tenant.db, params.id));
  roleScopeRoutes(implement, roles);
  scopeRoutes(implement, roles);
}

function roleScopeRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationRoleScopes, async ({ tenant, params, page }) =>
    pageOf(await roles.organizationScopes(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationRoleScopes, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.addScopes(tx, 'organization', params.id, body.organizationScopeIds)),
  );
  implement(contract.replaceOrganizationRoleScopes, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.replaceScopes(tx, 'organization', params.id, body.organizationScopeIds)),
  );
  implement(contract.deleteOrganizationRoleScope, ({ tenant, params }) =>
    tenant.db.transaction((tx) => roles.takeScope(tx, 'organization', params.id, params.organizationScopeId)),
  );
  implement(contract.listOrganizationRoleResourceScopes, async ({ tenant, params, page }) =>
    pageOf(await roles.resourceScopes(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationRoleResourceScopes, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.addScopes(tx, 'resource', params.id, body.scopeIds)),
  );
  implement(contract.replaceOrganizationRoleResourceScopes, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.replaceScopes(tx, 'resource', params.id, body.scopeIds)),
  );
  implement(contract.deleteOrganizationRoleResourceScope, ({ tenant, params }) =>
    tenant.db.transaction((tx) => roles.takeScope(tx, 'resource', params.id, params.scopeId)),
  );
}

function scopeRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationScopes, async ({ tenant, query, page }) => {
    const { items, total } = await roles.listScopes(tenant.db, containsSearch(query.q, searchable), page);
    return new Paged(items, total);
  });
  implement(contract.createOrganizationScope, ({ tenant, body }) =>
    tenant.db.transaction((tx) => roles.createScope(tx, body)),
  );
  implement(contract.getOrganizationScope, ({ tenant, params }) => roles.getScope(tenant.db, params.id));
  implement(contract.updateOrganizationScope, ({ tenant, params, body }) =>
    roles.updateScope(tenant.db, params.id, body),
  );
  implement(contract.deleteOrganizationScope, ({ tenant, params }) => roles.removeScope(tenant.db, params.id));
}
