import * as contract from '@aldaba/contract';
import { type Implement, Paged } from '../../../http/implement.ts';
import { parseSearch } from '../../../http/search.ts';
import type { Resources } from './service.ts';

/** `/api/resources` and the permissions below them. */
export function resourceRoutes(implement: Implement, resources: Resources): void {
  implement(contract.listResources, async ({ tenant, query, page }) => {
    const search = parseSearch(query, ['id', 'name', 'indicator']);
    const { items, total } = await resources.list(tenant.db, search, page);
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
    ...(await resources.create(tenant.db, body)),
    scopes: [],
  }));
  implement(contract.getResource, ({ tenant, params }) => resources.get(tenant.db, params.id));
  implement(contract.updateResource, ({ tenant, params, body }) => resources.update(tenant.db, params.id, body));
  implement(contract.deleteResource, ({ tenant, params }) => resources.remove(tenant.db, params.id));
  implement(contract.updateResourceIsDefault, ({ tenant, params, body }) =>
    resources.setDefault(tenant.db, params.id, body.isDefault),
  );

  implement(contract.listResourceScopes, async ({ tenant, params, query, page }) => {
    const search = parseSearch(query, ['id', 'name', 'description']);
    const { items, total } = await resources.listScopes(tenant.db, params.resourceId, search, page);
    return new Paged(items, total);
  });
  implement(contract.createResourceScope, ({ tenant, params, body }) =>
    resources.createScope(tenant.db, params.resourceId, body),
  );
  implement(contract.updateResourceScope, ({ tenant, params, body }) => resources.updateScope(tenant.db, params, body));
  implement(contract.deleteResourceScope, ({ tenant, params }) => resources.removeScope(tenant.db, params));
}
