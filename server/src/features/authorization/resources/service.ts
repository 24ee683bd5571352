import type { Resource, Scope } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { CacheRegistry } from '../../../store/cache.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Database, Queries, Transaction } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { type Search, searching } from '../../../store/search.ts';
import { atomic } from '../../../store/transaction.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import { isManagementIndicator, meIndicator, resemblesOwnIndicator } from '../../../tenancy/management-indicator.ts';
import type { Tenant } from '../../../tenancy/service.ts';
import * as store from './store.ts';

export interface ResourcesNeeds {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  events: Events<Transaction>;
}

export interface Resources {
  /** Cached. */
  findByIndicator: (tenant: Tenant, indicator: string) => Promise<Resource | undefined>;
  /** Cached: the resource of tokens whose request names none. */
  findDefault: (tenant: Tenant) => Promise<Resource | undefined>;

  list: (q: Queries, search?: Search, slice?: Slice) => Promise<Listed<Resource>>;
  scopesOf: (q: Queries, resourceIds: readonly string[]) => Promise<Scope[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<Resource>;
  create: (q: Queries, draft: { name: string; indicator: string; accessTokenTtl: number }) => Promise<Resource>;
  update: (
    q: Queries,
    id: string,
    patch: { name?: string | undefined; accessTokenTtl?: number | undefined },
  ) => Promise<Resource>;
  setDefault: (q: Queries, id: string, isDefault: boolean) => Promise<Resource>;
  remove: (q: Queries, id: string) => Promise<void>;

  listScopes: (q: Queries, resourceId: string, search?: Search, slice?: Slice) => Promise<Listed<Scope>>;
  createScope: (q: Queries, resourceId: string, draft: { name: string; description: string | null }) => Promise<Scope>;
  updateScope: (
    q: Queries,
    at: ScopePlace,
    patch: { name?: string | undefined; description?: string | null | undefined },
  ) => Promise<Scope>;
  removeScope: (q: Queries, at: ScopePlace) => Promise<void>;
}

/** A permission is addressed together with the resource it belongs to. */
interface ScopePlace {
  resourceId: string;
  scopeId: string;
}

export function createResources({ database, caches, changes, events }: ResourcesNeeds): Resources {
  const cache = caches.create<Resource | 'none'>({
    name: 'resources',
    maximum: 5000,
    maximumAge: 60_000,
    // The empty key stands for the default resource, since no indicator is empty. Its absence is cached too, because
    // every request looks it up.
    load: async (tenantId, indicator) => {
      const q = database.tenant(tenantId);
      if (indicator !== '') return store.findResource(q, { indicator });
      return (await store.findResource(q, { isDefault: true })) ?? 'none';
    },
  });
  const cached = async (tenant: Tenant, key: string) => {
    const resource = await cache.get(tenant.id, key);
    return resource === 'none' ? undefined : resource;
  };
  const get = async (q: Queries, id: string) => {
    const resource = await store.findResource(q, { id });
    if (!resource) throw missing(id);
    return resource;
  };
  /** The tenant's Management API cannot be changed: access to the API depends on it. */
  const modifiable = async (tx: Transaction, id: string) => {
    const resource = await get(tx, id);
    if (isManagementApi(resource)) throw new AldabaError('resource.cannot_modify_management_api');
    return resource;
  };
  const changed = async (tx: Transaction) => {
    await cache.changed(tx, '*');
    await changes.announce(tx, 'scopes.changed', {});
  };

  return {
    findByIndicator: async (tenant, indicator) => {
      if (indicator === '') return undefined;
      return builtInResource(tenant, indicator) ?? cached(tenant, indicator);
    },
    findDefault: (tenant) => cached(tenant, ''),
    list: (q, search, slice) => searching(q, search, (bounded) => store.findResourceList(bounded, search, slice)),
    scopesOf: store.findScopesOf,
    get,
    create: atomic(async (tx, draft) => {
      requireIndicator(draft.indicator);
      const resource = await named(store.insertResource(tx, { id: standardId(), ...draft }));
      await cache.changed(tx, '*');
      return resource;
    }),
    update: atomic(async (tx, id, patch) => {
      if (isManagementApi(await get(tx, id)) && patch.name !== undefined)
        throw new AldabaError('resource.cannot_modify_management_api');
      const resource = await store.updateResourceRow(tx, id, patch);
      if (!resource) throw missing(id);
      await cache.changed(tx, '*');
      return resource;
    }),
    setDefault: atomic(async (tx, id, isDefault) => {
      await get(tx, id);
      if (isDefault) await store.clearDefaultResource(tx);
      const resource = await store.updateResourceRow(tx, id, { isDefault });
      if (!resource) throw missing(id);
      await cache.changed(tx, '*');
      return resource;
    }),
    remove: atomic(async (tx, id) => {
      if (isManagementApi(await get(tx, id))) throw new AldabaError('resource.cannot_delete_management_api');
      await store.deleteResourceRow(tx, id);
      await changed(tx);
    }),
    listScopes: async (q, resourceId, search, slice) => {
      await get(q, resourceId);
      return searching(q, search, (bounded) => store.findScopeList(bounded, resourceId, search, slice));
    },
    createScope: atomic(async (tx, resourceId, draft) => {
      await modifiable(tx, resourceId);
      requireScopeName(draft.name);
      const scope = await named(store.insertScope(tx, { id: standardId(), resourceId, ...draft }));
      await events.publish(tx, 'Scope.Created', { data: scope });
      return scope;
    }),
    updateScope: atomic(async (tx, at, patch) => {
      await modifiable(tx, at.resourceId);
      if (patch.name !== undefined) requireScopeName(patch.name);
      const scope = await named(store.updateScopeRow(tx, at, patch));
      if (!scope) throw new AldabaError('entity.not_exists_with_id', { name: 'permission', id: at.scopeId });
      await changed(tx);
      await events.publish(tx, 'Scope.Data.Updated', { data: scope });
      return scope;
    }),
    removeScope: atomic(async (tx, at) => {
      await modifiable(tx, at.resourceId);
      if ((await store.deleteScopeRow(tx, at)) === 0) {
        throw new AldabaError('entity.not_exists_with_id', { name: 'permission', id: at.scopeId });
      }
      await changed(tx);
      await events.publish(tx, 'Scope.Deleted', { data: null });
    }),
  };
}

const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'API resource', id });

/** `/me`, which the admin tenant has without a row. It has no permissions: the caller's own account is all it opens. */
const builtInResource = ({ id: tenantId }: Tenant, indicator: string): Resource | undefined =>
  tenantId === adminTenantId && indicator === meIndicator
    ? { tenantId, id: 'me', name: 'Own account of administrators', indicator, isDefault: false, accessTokenTtl: 3600 }
    : undefined;

const isManagementApi = ({ indicator }: Resource): boolean => isManagementIndicator(indicator);

/** RFC 8707 section 2: an absolute URI without a fragment. */
function requireIndicator(indicator: string): void {
  const isUri = /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(indicator) && URL.canParse(indicator);
  if (!isUri || indicator.includes('#')) {
    throw new AldabaError('guard.invalid_input', {
      reason: 'body.indicator: must be an absolute URI without a fragment',
    });
  }
  // Names of Aldaba itself: an API with such an indicator would receive tokens meant for Aldaba.
  if (indicator.toLowerCase().startsWith('urn:logto:') || resemblesOwnIndicator(indicator)) {
    throw new AldabaError('guard.invalid_input', { reason: 'body.indicator: this identifier is reserved' });
  }
}

/** Scopes are sent as one space-separated list (RFC 6749 section 3.3). */
function requireScopeName(name: string): void {
  if (/\s/.test(name)) throw new AldabaError('scope.name_with_space');
  // RFC 6749 section 3.3: printable ASCII except the quotation mark and backslash.
  if (!/^[\x21\x23-\x5B\x5D-\x7E]+$/.test(name)) {
    throw new AldabaError('guard.invalid_input', { reason: 'body.name: must be printable ASCII without " and \\' });
  }
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const constraint = constraintOf(error);
    if (constraint === 'resources_tenant_id_indicator_key')
      throw new AldabaError('resource.resource_identifier_in_use', undefined, { cause: error });
    if (constraint === 'scopes_tenant_id_resource_id_name_key')
      throw new AldabaError('scope.name_exists', undefined, { cause: error });
    throw error;
  }
}
