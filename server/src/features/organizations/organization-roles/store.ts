import type {
  OrganizationRole,
  OrganizationRoleWithScopes,
  OrganizationScope,
  RoleType,
  Scope,
} from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

type ScopeRow = Omit<StoredRow<'organization_scopes'>, 'created_at'>;

const toScope = (row: ScopeRow): OrganizationScope => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  description: row.description,
});

const toRole = (row: ScopeRow & { type: string }): OrganizationRole => ({
  ...toScope(row),
  type: row.type as RoleType,
});

export interface Description {
  name?: string | undefined;
  description?: string | null | undefined;
}

const toValues = ({ name, description }: Description) => defined({ name, description });

// Permissions

export async function findScope(q: Queries, id: string): Promise<OrganizationScope | undefined> {
  const row = await q.first(
    sql.selectFrom('organization_scopes').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toScope(row);
}

/** Oldest first. */
export async function findScopeList(q: Queries, search?: Search, slice?: Slice): Promise<Listed<OrganizationScope>> {
  let query = sql.selectFrom('organization_scopes').where('tenant_id', '=', q.tenantId);
  if (search)
    query = query.where(searchCondition(search, { id: 'organization_scopes.id', name: 'organization_scopes.name' }));
  const rows = query.selectAll().orderBy('created_at').orderBy('id');
  return findList(q, rows, { slice, toItem: toScope });
}

export async function insertScope(
  q: Queries,
  scope: { id: string; name: string; description: string | null },
): Promise<void> {
  await q.run(sql.insertInto('organization_scopes').values({ tenant_id: q.tenantId, ...scope }));
}

export async function updateScopeRow(
  q: Queries,
  id: string,
  patch: Description,
): Promise<OrganizationScope | undefined> {
  const values = toValues(patch);
  if (Object.keys(values).length === 0) return findScope(q, id);
  const row = await q.first(
    sql
      .updateTable('organization_scopes')
      .set(values)
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .returningAll(),
  );
  return row && toScope(row);
}

export const deleteScopeRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('organization_scopes').where('tenant_id', '=', q.tenantId).where('id', '=', id));

// Roles

export async function findRole(q: Queries, id: string): Promise<OrganizationRole | undefined> {
  const row = await q.first(
    sql.selectFrom('organization_roles').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toRole(row);
}

export async function findRoles(
  q: Queries,
  by: { ids: readonly string[] } | { names: readonly string[] },
): Promise<OrganizationRole[]> {
  const [column, values] = 'ids' in by ? (['id', by.ids] as const) : (['name', by.names] as const);
  if (values.length === 0) return [];
  const rows = await q.all(
    sql
      .selectFrom('organization_roles')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where(column, 'in', values)
      .orderBy('created_at')
      .orderBy('id'),
  );
  return rows.map(toRole);
}

/** Oldest first. */
export interface RoleFilter {
  search?: Search | undefined;
  type?: RoleType | undefined;
}

export async function findRoleList(
  q: Queries,
  { search, type }: RoleFilter,
  slice?: Slice,
): Promise<Listed<OrganizationRole>> {
  let query = sql.selectFrom('organization_roles').where('tenant_id', '=', q.tenantId);
  if (type) query = query.where('type', '=', type);
  if (search)
    query = query.where(searchCondition(search, { id: 'organization_roles.id', name: 'organization_roles.name' }));
  const rows = query.selectAll().orderBy('created_at').orderBy('id');
  return findList(q, rows, { slice, toItem: toRole });
}

export async function insertRole(
  q: Queries,
  role: { id: string; name: string; description: string | null; type: RoleType },
): Promise<void> {
  await q.run(sql.insertInto('organization_roles').values({ tenant_id: q.tenantId, ...role }));
}

export async function updateRoleRow(
  q: Queries,
  id: string,
  patch: Description & { type?: RoleType | undefined },
): Promise<OrganizationRole | undefined> {
  const values = defined({ ...toValues(patch), type: patch.type });
  if (Object.keys(values).length === 0) return findRole(q, id);
  const row = await q.first(
    sql
      .updateTable('organization_roles')
      .set(values)
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .returningAll(),
  );
  return row && toRole(row);
}

export const deleteRoleRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('organization_roles').where('tenant_id', '=', q.tenantId).where('id', '=', id));

// Permissions of roles: two tables of the same shape

/** Selects the organization's own permissions or those of APIs. */
export type ScopeKind = 'organization' | 'resource';

const tables = {
  organization: { name: 'organization_role_scopes', column: 'organization_scope_id' },
  resource: { name: 'organization_role_resource_scopes', column: 'scope_id' },
} as const;

/** Permissions that the role already has stay. */
export async function insertRoleScopes(
  tx: Transaction,
  kind: ScopeKind,
  roleId: string,
  scopeIds: readonly string[],
): Promise<void> {
  if (scopeIds.length === 0) return;
  const { name, column } = tables[kind];
  await tx.raw(
    `insert into ${name} (tenant_id, organization_role_id, ${column})
     select $1, $2, scope.id from unnest($3::text[]) as scope (id) order by scope.id on conflict do nothing`,
    [tx.tenantId, roleId, scopeIds],
  );
}

/** Removes only the permissions in `only`, or all except the given ones. Returns how many were removed. */
export async function deleteRoleScopes(
  tx: Transaction,
  kind: ScopeKind,
  roleId: string,
  scopes: { only: readonly string[] } | { except: readonly string[] },
): Promise<number> {
  const { name, column } = tables[kind];
  const test = 'only' in scopes ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw(
    `delete from ${name} where tenant_id = $1 and organization_role_id = $2 and ${column} ${test} returning ${column}`,
    [tx.tenantId, roleId, 'only' in scopes ? scopes.only : scopes.except],
  );
  return rows.length;
}

/** Organization permissions of a role, by name. */
export async function findOrganizationScopes(q: Queries, roleId: string): Promise<OrganizationScope[]> {
  const rows = await q.raw<ScopeRow>(
    `select s.tenant_id, s.id, s.name, s.description from organization_role_scopes rs
       join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
      where rs.tenant_id = $1 and rs.organization_role_id = $2 order by s.name`,
    [q.tenantId, roleId],
  );
  return rows.map(toScope);
}

/** API permissions of a role, by name. */
export async function findResourceScopes(q: Queries, roleId: string): Promise<Scope[]> {
  const rows = await q.raw<ScopeRow & { resource_id: string; created_at: Date }>(
    `select s.tenant_id, s.id, s.resource_id, s.name, s.description, s.created_at from organization_role_resource_scopes rs
       join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
      where rs.tenant_id = $1 and rs.organization_role_id = $2 order by s.name, s.id`,
    [q.tenantId, roleId],
  );
  return rows.map((row) => ({
    ...toScope(row),
    resourceId: row.resource_id,
    createdAt: row.created_at.getTime(),
  }));
}

/** The permissions of each role, in one statement. */
export const findScopesOfRoles = (
  q: Queries,
  roleIds: readonly string[],
): Promise<
  {
    role_id: string;
    scopes: OrganizationRoleWithScopes['scopes'];
    resource_scopes: OrganizationRoleWithScopes['resourceScopes'];
  }[]
> =>
  q.raw(
    `select role.id as role_id,
       (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name), '[]')
          from organization_role_scopes rs
          join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
         where rs.tenant_id = $1 and rs.organization_role_id = role.id) as scopes,
       (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name,
                 'resource', jsonb_build_object('id', r.id, 'name', r.name)) order by r.name, s.name), '[]')
          from organization_role_resource_scopes rs
          join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
          join resources r on r.tenant_id = s.tenant_id and r.id = s.resource_id
         where rs.tenant_id = $1 and rs.organization_role_id = role.id) as resource_scopes
     from unnest($2::text[]) as role (id)`,
    [q.tenantId, roleIds],
  );

/** Indicators of the resources that the permissions belong to. */
export const findIndicators = async (q: Queries, scopeIds: readonly string[]): Promise<string[]> =>
  scopeIds.length === 0
    ? []
    : (
        await q.raw<{ indicator: string }>(
          `select distinct r.indicator from scopes s join resources r on r.tenant_id = s.tenant_id and r.id = s.resource_id
            where s.tenant_id = $1 and s.id = any($2::text[])`,
          [q.tenantId, scopeIds],
        )
      ).map((row) => row.indicator);
