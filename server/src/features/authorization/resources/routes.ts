import * as contract from '@aldaba/contract';
import { type Implement, Paged } from '../../../http/implement.ts';
import { parseSearch } from '../../../http/search.ts';
import type { Resources } from './service.ts';

/** `/api/resources` and the permissions below them. */
export function resourceRoutes(implement: Implement, resources: Resources): void {
  implement(contract.listResources, async ({ tenant, query, page }) => {
    const { items, total } = await resources.list(tenant.db, page);
    if (!query.includeScopes) return new Paged(items, total);
    const scopes = Map.groupBy(
      await resources.scopesOf(
        tenant.db,
        items.map(({ id }) => id),
      ),
      ({ resourceId }) => resourceId,
    );
    return new Paged(
      items.map((resource) => ({ ...resource, scopes: scopes.get(resource.id) ?? [] })),
      total,
    );
  });
  implement(contract.createResource, async ({ tenant, body }) => ({
    ...(await tenant.db.transaction((tx) => resources.create(tx, body))),
    scopes: [],
  }));
  implement(contract.getResource, ({ tenant, params }) => resources.get(tenant.db, params.id));
  implement(contract.updateResource, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => resources.update(tx, params.id, body)),
  );
  implement(contract.deleteResource, ({ tenant, params }) =>
    tenant.db.transaction((tx) => resources.remove(tx, params.id)),
  );
  implement(contract.updateResourceIsDefault, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => resources.setDefault(tx, params.id, body.isDefault)),
  );

  implement(contract.listResourceScopes, async ({ tenant, params, query, page }) => {
    const search = parseSearch(query, ['id', 'name', 'description']);
    const { items, total } = await resources.listScopes(tenant.db, params.resourceId, search, page);
    return new Paged(items, total);
  });
  implement(contract.createResourceScope, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => resources.createScope(tx, params.resourceId, body)),
  );
  implement(contract.updateResourceScope, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => resources.updateScope(tx, params, body)),
  );
  implement(contract.deleteResourceScope, ({ tenant, params }) =>
    tenant.db.transaction((tx) => resources.removeScope(tx, params)),
  );
}
