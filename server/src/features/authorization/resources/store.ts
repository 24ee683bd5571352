import { fullAccess, managementScopes, type Resource, type Scope } from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';
import { managementIndicatorOf, managementIndicators } from '../../../tenancy/management-indicator.ts';

type ResourceColumns = Omit<StoredRow<'resources'>, 'created_at'>;
const toResource = (row: ResourceColumns): Resource => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  indicator: row.indicator,
  isDefault: row.is_default,
  accessTokenTtl: row.access_token_ttl,
});

type ScopeColumns = StoredRow<'scopes'>;
const toScope = (row: ScopeColumns): Scope => ({
  tenantId: row.tenant_id,
  id: row.id,
  resourceId: row.resource_id,
  name: row.name,
  description: row.description,
  createdAt: row.created_at.getTime(),
});

const resources = (q: Queries) => sql.selectFrom('resources').where('tenant_id', '=', q.tenantId);

export async function findResource(
  q: Queries,
  by: { id: string } | { indicator: string } | { isDefault: true },
): Promise<Resource | undefined> {
  const query = resources(q).selectAll();
  const row = await q.first(
    'id' in by
      ? query.where('id', '=', by.id)
      : 'indicator' in by
        ? query.where('indicator', '=', by.indicator)
        : query.where('is_default', '=', true),
  );
  return row && toResource(row);
}

/** Oldest first: the Management API, then what the operator added. */
export async function findResourceList(q: Queries, search?: Search, slice?: Slice): Promise<Listed<Resource>> {
  let query = resources(q);
  if (search)
    query = query.where(
      searchCondition(search, { id: 'resources.id', name: 'resources.name', indicator: 'resources.indicator' }),
    );
  return findList(q, query.selectAll().orderBy('created_at').orderBy('id'), { slice, toItem: toResource });
}

export async function insertResource(
  q: Queries,
  resource: { id: string; name: string; indicator: string; accessTokenTtl: number },
): Promise<Resource> {
  const row = await q.first(
    sql
      .insertInto('resources')
      .values({
        tenant_id: q.tenantId,
        id: resource.id,
        name: resource.name,
        indicator: resource.indicator,
        access_token_ttl: resource.accessTokenTtl,
      })
      .returningAll(),
  );
  return toResource(row as NonNullable<typeof row>);
}

export async function updateResourceRow(
  q: Queries,
  id: string,
  patch: { name?: string | undefined; accessTokenTtl?: number | undefined; isDefault?: boolean },
): Promise<Resource | undefined> {
  const values = defined({
    name: patch.name,
    access_token_ttl: patch.accessTokenTtl,
    is_default: patch.isDefault,
  });
  if (Object.keys(values).length === 0) return findResource(q, { id });
  const row = await q.first(
    sql.updateTable('resources').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id).returningAll(),
  );
  return row && toResource(row);
}

export const clearDefaultResource = (q: Queries): Promise<number> =>
  q.run(
    sql
      .updateTable('resources')
      .set({ is_default: false })
      .where('tenant_id', '=', q.tenantId)
      .where('is_default', '=', true),
  );

export const deleteResourceRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('resources').where('tenant_id', '=', q.tenantId).where('id', '=', id));

export async function findScopesOf(q: Queries, resourceIds: readonly string[]): Promise<Scope[]> {
  if (resourceIds.length === 0) return [];
  const rows = await q.all(
    sql
      .selectFrom('scopes')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where('resource_id', 'in', resourceIds)
      .orderBy('name')
      .orderBy('id'),
  );
  return rows.map(toScope);
}

export async function findScopeList(
  q: Queries,
  resourceId: string,
  search?: Search,
  slice?: Slice,
): Promise<Listed<Scope>> {
  let query = sql.selectFrom('scopes').where('tenant_id', '=', q.tenantId).where('resource_id', '=', resourceId);
  if (search) query = query.where(searchCondition(search, { id: 'id', name: 'name', description: 'description' }));
  const rows = query.selectAll().orderBy('name').orderBy('id');
  return findList(q, rows, { slice, toItem: toScope });
}

export async function insertScope(
  q: Queries,
  scope: { id: string; resourceId: string; name: string; description: string | null },
): Promise<Scope> {
  const row = await q.first(
    sql
      .insertInto('scopes')
      .values({
        tenant_id: q.tenantId,
        id: scope.id,
        resource_id: scope.resourceId,
        name: scope.name,
        description: scope.description,
      })
      .returningAll(),
  );
  return toScope(row as NonNullable<typeof row>);
}

export async function updateScopeRow(
  q: Queries,
  at: { resourceId: string; scopeId: string },
  patch: { name?: string | undefined; description?: string | null | undefined },
): Promise<Scope | undefined> {
  const values = defined({ name: patch.name, description: patch.description });
  if (Object.keys(values).length === 0) {
    const row = await q.first(
      sql
        .selectFrom('scopes')
        .selectAll()
        .where('tenant_id', '=', q.tenantId)
        .where('resource_id', '=', at.resourceId)
        .where('id', '=', at.scopeId),
    );
    return row && toScope(row);
  }
  const row = await q.first(
    sql
      .updateTable('scopes')
      .set(values)
      .where('tenant_id', '=', q.tenantId)
      .where('resource_id', '=', at.resourceId)
      .where('id', '=', at.scopeId)
      .returningAll(),
  );
  return row && toScope(row);
}

export const deleteScopeRow = (q: Queries, at: { resourceId: string; scopeId: string }): Promise<number> =>
  q.run(
    sql
      .deleteFrom('scopes')
      .where('tenant_id', '=', q.tenantId)
      .where('resource_id', '=', at.resourceId)
      .where('id', '=', at.scopeId),
  );

export const scopesOfManagementApi = [
  { name: fullAccess, description: 'Everything the Management API offers.' },
  ...managementScopes,
];

/**
 * Inserts the resource of a tenant's Management API with its permissions, unless the indicator exists.
 * @param api `tenantId`: the tenant whose API it is; the admin tenant offers those of all tenants
 * @returns whether it was inserted
 */
export async function insertManagementApi(
  tx: Transaction,
  api: { tenantId: string; resourceId: string; name: string },
): Promise<boolean> {
  const rows = await tx.raw(
    `with resource as (
       insert into resources (tenant_id, id, name, indicator) values ($1, $2, $3, $4) on conflict do nothing returning id)
     insert into scopes (tenant_id, id, resource_id, name, description)
     select $1, resource.id || '-' || replace(scope.name, ':', '-'), resource.id, scope.name, scope.description
       from resource, unnest($5::text[], $6::text[]) as scope (name, description) returning id`,
    [
      tx.tenantId,
      api.resourceId,
      api.name,
      managementIndicatorOf(api.tenantId),
      scopesOfManagementApi.map(({ name }) => name),
      scopesOfManagementApi.map(({ description }) => description),
    ],
  );
  return rows.length > 0;
}

/**
 * Adds permissions to the Management APIs of all tenants; existing ones stay.
 * @param names of the contract's permissions
 */
export async function insertManagementScopes(system: Queries, names: readonly string[]): Promise<void> {
  const added = scopesOfManagementApi.filter(({ name }) => names.includes(name));
  await system.raw(
    `insert into scopes (tenant_id, id, resource_id, name, description)
     select r.tenant_id, r.id || '-' || replace(scope.name, ':', '-'), r.id, scope.name, scope.description
       from resources r cross join unnest($2::text[], $3::text[]) as scope (name, description)
      where r.indicator ~ $1 order by 1, 2 on conflict do nothing`,
    [managementIndicators, added.map(({ name }) => name), added.map(({ description }) => description)],
  );
}
