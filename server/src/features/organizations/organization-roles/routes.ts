import * as contract from '@aldaba/contract';
import { type Implement, Paged, pageOf } from '../../../http/implement.ts';
import { containsSearch } from '../../../http/search.ts';
import type { OrganizationRoles } from './service.ts';

const searchable = ['id', 'name'];

/** `/api/organization-roles` and `/api/organization-scopes`. */
export function organizationRoleRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationRoles, async ({ tenant, query, page }) => {
    const filter = { search: containsSearch(query.q, searchable), type: query.type };
    const { items, total } = await roles.list(tenant.db, filter, page);
    return new Paged(items, total);
  });
  implement(contract.createOrganizationRole, ({ tenant, body }) => roles.create(tenant.db, body));
  implement(contract.getOrganizationRole, ({ tenant, params }) => roles.get(tenant.db, params.id));
  implement(contract.updateOrganizationRole, ({ tenant, params, body }) => roles.update(tenant.db, params.id, body));
  implement(contract.deleteOrganizationRole, ({ tenant, params }) => roles.remove(tenant.db, params.id));
  roleScopeRoutes(implement, roles);
  scopeRoutes(implement, roles);
}

function roleScopeRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationRoleScopes, async ({ tenant, params, page }) =>
    pageOf(await roles.organizationScopes(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationRoleScopes, ({ tenant, params, body }) =>
    roles.addScopes(tenant.db, 'organization', params.id, body.organizationScopeIds),
  );
  implement(contract.replaceOrganizationRoleScopes, ({ tenant, params, body }) =>
    roles.replaceScopes(tenant.db, 'organization', params.id, body.organizationScopeIds),
  );
  implement(contract.deleteOrganizationRoleScope, ({ tenant, params }) =>
    roles.takeScope(tenant.db, 'organization', params.id, params.organizationScopeId),
  );
  implement(contract.listOrganizationRoleResourceScopes, async ({ tenant, params, page }) =>
    pageOf(await roles.resourceScopes(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationRoleResourceScopes, ({ tenant, params, body }) =>
    roles.addScopes(tenant.db, 'resource', params.id, body.scopeIds),
  );
  implement(contract.replaceOrganizationRoleResourceScopes, ({ tenant, params, body }) =>
    roles.replaceScopes(tenant.db, 'resource', params.id, body.scopeIds),
  );
  implement(contract.deleteOrganizationRoleResourceScope, ({ tenant, params }) =>
    roles.takeScope(tenant.db, 'resource', params.id, params.scopeId),
  );
}

function scopeRoutes(implement: Implement, roles: OrganizationRoles): void {
  implement(contract.listOrganizationScopes, async ({ tenant, query, page }) => {
    const { items, total } = await roles.listScopes(tenant.db, containsSearch(query.q, searchable), page);
    return new Paged(items, total);
  });
  implement(contract.createOrganizationScope, ({ tenant, body }) => roles.createScope(tenant.db, body));
  implement(contract.getOrganizationScope, ({ tenant, params }) => roles.getScope(tenant.db, params.id));
  implement(contract.updateOrganizationScope, ({ tenant, params, body }) =>
    roles.updateScope(tenant.db, params.id, body),
  );
  implement(contract.deleteOrganizationScope, ({ tenant, params }) => roles.removeScope(tenant.db, params.id));
}
