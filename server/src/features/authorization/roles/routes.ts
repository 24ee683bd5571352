import * as contract from '@aldaba/contract';
import { type Implement, Paged } from '../../../http/implement.ts';
import { parseSearch } from '../../../http/search.ts';
import { requireGrantable } from './grants.ts';
import type { Roles } from './service.ts';

const searchable = ['id', 'name', 'description'];

/** `/api/roles`, except the routes for a role's users and applications, which those features answer. */
export function roleRoutes(implement: Implement, roles: Roles): void {
  implement(contract.listRoles, async ({ tenant, query, page }) => {
    const excluded = query.excludeUserId
      ? { holder: 'user' as const, id: query.excludeUserId }
      : query.excludeApplicationId
        ? { holder: 'application' as const, id: query.excludeApplicationId }
        : undefined;
    const filter = { search: parseSearch(query, searchable), type: query.type, notHeldBy: excluded };
    const { items, total } = await roles.summarize(tenant.db, filter, page);
    return new Paged(items, total);
  });
  implement(contract.createRole, async ({ tenant, caller, body }) => {
    await requireGrantable(tenant.db, caller, { scopeIds: body.scopeIds });
    return roles.create(tenant.db, body);
  });
  implement(contract.getRole, ({ tenant, params }) => roles.get(tenant.db, params.id));
  implement(contract.updateRole, ({ tenant, params, body }) => roles.update(tenant.db, params.id, body));
  implement(contract.deleteRole, ({ tenant, params }) => roles.remove(tenant.db, params.id));

  implement(contract.listRoleScopes, async ({ tenant, params, query, page }) => {
    const { items, total } = await roles.listScopes(tenant.db, params.id, parseSearch(query, searchable), page);
    return new Paged(items, total);
  });
  implement(contract.createRoleScopes, async ({ tenant, caller, params, body }) => {
    await requireGrantable(tenant.db, caller, body);
    return roles.addScopes(tenant.db, params.id, body.scopeIds);
  });
  implement(contract.deleteRoleScope, ({ tenant, params }) => roles.removeScope(tenant.db, params.id, params.scopeId));
}
