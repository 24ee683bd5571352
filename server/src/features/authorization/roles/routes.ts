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
    return tenant.db.transaction((tx) => roles.create(tx, body));
  });
  implement(contract.getRole, ({ tenant, params }) => roles.get(tenant.db, params.id));
  implement(contract.updateRole, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => roles.update(tx, params.id, body)),
  );
  implement(contract.deleteRole, ({ tenant, params }) => tenant.db.transaction((tx) => roles.remove(tx, params.id)));

  implement(contract.listRoleScopes, async ({ tenant, params, query, page }) => {
    const { items, total } = await roles.listScopes(tenant.db, params.id, parseSearch(query, searchable), page);
    return new Paged(items, total);
  });
  implement(contract.createRoleScopes, async ({ tenant, caller, params, body }) => {
    await requireGrantable(tenant.db, caller, body);
    return tenant.db.transaction((tx) => roles.addScopes(tx, params.id, body.scopeIds));
  });
  implement(contract.deleteRoleScope, ({ tenant, params }) =>
    tenant.db.transaction((tx) => roles.removeScope(tx, params.id, params.scopeId)),
  );
}
