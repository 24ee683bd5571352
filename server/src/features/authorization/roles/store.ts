import type { Resource, Role, RoleType, Scope } from '@aldaba/contract';
import { sql as fragment } from 'kysely';
import { defined } from '../../../kernel/defined.ts';
import type { Queries } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { sql } from '../../../store/sql.ts';

/** The type of a role (user or machine-to-machine) decides which of the two tables holds its assignments. */
export type Holder = 'user' | 'application';

const toRole = (row: {
  tenant_id: string;
  id: string;
  name: string;
  description: string;
  type: string;
  is_default: boolean;
}): Role => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  description: row.description,
  type: row.type as RoleType,
  isDefault: row.is_default,
});

export async function findRole(q: Queries, id: string): Promise<Role | undefined> {
  const row = await q.first(
    sql.selectFrom('roles').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toRole(row);
}

export async function findRoles(q: Queries, ids: readonly string[]): Promise<Role[]> {
  if (ids.length === 0) return [];
  const rows = await q.all(
    sql.selectFrom('roles').selectAll().where('tenant_id', '=', q.tenantId).where('id', 'in', ids),
  );
  return rows.map(toRole);
}

export async function insertRole(q: Queries, role: Omit<Role, 'tenantId'>): Promise<void> {
  await q.run(
    sql.insertInto('roles').values({
      tenant_id: q.tenantId,
      id: role.id,
      name: role.name,
      description: role.description,
      type: role.type,
      is_default: role.isDefault,
    }),
  );
}

export async function updateRoleRow(
  q: Queries,
  id: string,
  patch: { name?: string | undefined; description?: string | undefined; isDefault?: boolean | undefined },
): Promise<Role | undefined> {
  const values = defined({ name: patch.name, description: patch.description, is_default: patch.isDefault });
  if (Object.keys(values).length === 0) return findRole(q, id);
  const row = await q.first(
    sql.updateTable('roles').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id).returningAll(),
  );
  return row && toRole(row);
}

export const deleteRoleRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('roles').where('tenant_id', '=', q.tenantId).where('id', '=', id));

// Permissions of roles

/** Scopes by id, with whether each belongs to a Management API. */
export const findScopes = (q: Queries, ids: readonly string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : q.all(
        sql
          .selectFrom('scopes')
          .innerJoin('resources', (join) =>
            join.onRef('resources.tenant_id', '=', 'scopes.tenant_id').onRef('resources.id', '=', 'scopes.resource_id'),
          )
          .select(['scopes.id', 'resources.indicator'])
          .where('scopes.tenant_id', '=', q.tenantId)
          .where('scopes.id', 'in', ids),
      );

/** Permissions, roles that have permissions, or an application that has roles. */
export interface Grant {
  scopeIds?: readonly string[] | undefined;
  roleIds?: readonly string[] | undefined;
  applicationId?: string | undefined;
}

/** Indicators of the resources that the permissions of a grant belong to. */
export const findIndicatorsOfGrant = async (
  q: Queries,
  { scopeIds = [], roleIds = [], applicationId = '' }: Grant,
): Promise<string[]> =>
  (
    await q.raw<{ indicator: string }>(
      `select distinct r.indicator from scopes s
         join resources r on r.tenant_id = s.tenant_id and r.id = s.resource_id
        where s.tenant_id = $1 and (s.id = any($2::text[]) or exists (
          select from roles_scopes rs where rs.tenant_id = $1 and rs.scope_id = s.id and (rs.role_id = any($3::text[]) or exists (
            select from applications_roles a
             where a.tenant_id = $1 and a.role_id = rs.role_id and a.application_id = $4))))`,
      [q.tenantId, scopeIds, roleIds, applicationId],
    )
  ).map((row) => row.indicator);

export const findRoleScopeIds = async (q: Queries, roleId: string): Promise<string[]> =>
  (
    await q.all(
      sql
        .selectFrom('roles_scopes')
        .select('scope_id')
        .where('tenant_id', '=', q.tenantId)
        .where('role_id', '=', roleId),
    )
  ).map((row) => row.scope_id);

export async function insertRoleScopes(q: Queries, roleId: string, scopeIds: readonly string[]): Promise<void> {
  if (scopeIds.length === 0) return;
  await q.run(
    sql
      .insertInto('roles_scopes')
      .values(scopeIds.map((scopeId) => ({ tenant_id: q.tenantId, role_id: roleId, scope_id: scopeId }))),
  );
}

export const deleteRoleScopeRow = (q: Queries, roleId: string, scopeId: string): Promise<number> =>
  q.run(
    sql
      .deleteFrom('roles_scopes')
      .where('tenant_id', '=', q.tenantId)
      .where('role_id', '=', roleId)
      .where('scope_id', '=', scopeId),
  );

/** Names of the permissions that a user's roles give on a resource. Hot path: runs for every token with a resource. */
export const findUserScopeNames = async (q: Queries, userId: string, resourceId: string): Promise<string[]> =>
  (
    await q.raw<{ name: string }>(
      `select distinct s.name from users_roles ur
         join roles_scopes rs on rs.tenant_id = ur.tenant_id and rs.role_id = ur.role_id
         join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
       where ur.tenant_id = $1 and ur.user_id = $2 and s.resource_id = $3 order by s.name`,
      [q.tenantId, userId, resourceId],
    )
  ).map((row) => row.name);

/** Names of the permissions that an application's roles give, with their resource. */
export const findApplicationScopeNames = (
  q: Queries,
  applicationId: string,
): Promise<{ resource_id: string; name: string }[]> =>
  q.raw(
    `select distinct s.resource_id, s.name from applications_roles ar
       join roles_scopes rs on rs.tenant_id = ar.tenant_id and rs.role_id = ar.role_id
       join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
     where ar.tenant_id = $1 and ar.application_id = $2 order by s.name`,
    [q.tenantId, applicationId],
  );

// Assignments

export const findUserRoleNames = async (q: Queries, userId: string): Promise<string[]> =>
  (
    await q.raw<{ name: string }>(
      `select r.name from users_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
       where ur.tenant_id = $1 and ur.user_id = $2 order by r.name`,
      [q.tenantId, userId],
    )
  ).map((row) => row.name);

const tables = {
  user: { name: 'users_roles', column: 'user_id' },
  application: { name: 'applications_roles', column: 'application_id' },
} as const;

export const findHeldRoleIds = async (q: Queries, holder: Holder, holderId: string): Promise<string[]> => {
  const { name, column } = tables[holder];
  const rows = await q.raw<{ role_id: string }>(`select role_id from ${name} where tenant_id = $1 and ${column} = $2`, [
    q.tenantId,
    holderId,
  ]);
  return rows.map((row) => row.role_id);
};

/** Returns the new pairs. Always inserts in the same order, so that concurrent requests cannot deadlock. */
export const insertHolders = (
  q: Queries,
  holder: Holder,
  pairs: readonly { holderId: string; roleId: string }[],
): Promise<{ holder_id: string; role_id: string }[]> => {
  const { name, column } = tables[holder];
  return q.raw(
    `insert into ${name} (tenant_id, ${column}, role_id)
     select $1, pair.holder_id, pair.role_id from unnest($2::text[], $3::text[]) as pair (holder_id, role_id)
      order by pair.holder_id, pair.role_id
     on conflict do nothing returning ${column} as holder_id, role_id`,
    [q.tenantId, pairs.map((pair) => pair.holderId), pairs.map((pair) => pair.roleId)],
  );
};

/** Removes a role from a user or application. Returns whether it had the role. */
export const deleteHeldRole = async (
  q: Queries,
  holder: Holder,
  holderId: string,
  roleId: string,
): Promise<boolean> => {
  const { name, column } = tables[holder];
  const rows = await q.raw(
    `delete from ${name} where tenant_id = $1 and ${column} = $2 and role_id = $3 returning role_id`,
    [q.tenantId, holderId, roleId],
  );
  return rows.length > 0;
};

/** Assigns these roles and removes all others. */
export const replaceHeldRoles = (
  q: Queries,
  holder: Holder,
  holderId: string,
  roleIds: readonly string[],
): Promise<unknown> => {
  const { name, column } = tables[holder];
  return q.raw(
    `with taken as (delete from ${name} where tenant_id = $1 and ${column} = $2 and role_id <> all($3::text[]))
     insert into ${name} (tenant_id, ${column}, role_id) select $1, $2, role_id from unnest($3::text[]) as role_id
      order by role_id
     on conflict do nothing`,
    [q.tenantId, holderId, roleIds],
  );
};

/** Assigns the default roles to a new user. */
export const insertDefaultRoles = (q: Queries, userIds: readonly string[]): Promise<unknown> =>
  q.raw(
    `insert into users_roles (tenant_id, user_id, role_id)
     select $1, u.id, r.id from roles r cross join unnest($2::text[]) as u(id)
      where r.tenant_id = $1 and r.type = 'User' and r.is_default`,
    [q.tenantId, userIds],
  );

// Lists

export interface RoleFilter {
  search?: Search | undefined;
  type?: RoleType | undefined;
  heldBy?: { holder: Holder; id: string } | undefined;
  notHeldBy?: { holder: Holder; id: string } | undefined;
}

/** Name prefix of built-in roles, which are not listed. */
export const internalPrefix = '#internal:';

/** Newest first. */
export async function findRoleList(q: Queries, filter: RoleFilter, slice?: Slice): Promise<Listed<Role>> {
  const held = ({ holder, id }: { holder: Holder; id: string }) => {
    const { name, column } = tables[holder];
    return fragment<boolean>`exists (select from ${fragment.table(name)} h where h.tenant_id = roles.tenant_id and h.role_id = roles.id and ${fragment.ref(`h.${column}`)} = ${id})`;
  };
  let query = sql
    .selectFrom('roles')
    .where('tenant_id', '=', q.tenantId)
    .where('name', 'not like', `${internalPrefix}%`);
  if (filter.type) query = query.where('type', '=', filter.type);
  if (filter.heldBy) query = query.where(held(filter.heldBy));
  if (filter.notHeldBy) query = query.where(fragment<boolean>`not ${held(filter.notHeldBy)}`);
  if (filter.search)
    query = query.where(
      searchCondition(filter.search, { id: 'roles.id', name: 'roles.name', description: 'roles.description' }),
    );
  const rows = query.selectAll().orderBy('created_at', 'desc').orderBy('id');
  return findList(q, rows, { slice, toItem: toRole });
}

export interface RoleHolders {
  role_id: string;
  users: number;
  applications: number;
  featured_users: { id: string; avatar: string | null; name: string | null }[];
  featured_applications: { id: string; name: string; type: string }[];
}

/** The number of assignments of each role, and three of them: the newest users, the first applications. */
export const findHolders = (q: Queries, roleIds: readonly string[]): Promise<RoleHolders[]> =>
  q.raw(
    `select role.id as role_id,
       (select coalesce(sum(c.users), 0)::bigint from role_counts c where c.tenant_id = $1 and c.role_id = role.id) as users,
       (select count(*) from applications_roles ar where ar.tenant_id = $1 and ar.role_id = role.id) as applications,
       (select coalesce(jsonb_agg(f), '[]') from (
          select u.id, u.avatar, u.name from users_roles ur join users u on u.tenant_id = ur.tenant_id and u.id = ur.user_id
          where ur.tenant_id = $1 and ur.role_id = role.id order by ur.user_created_at desc, ur.user_id limit 3) f) as featured_users,
       (select coalesce(jsonb_agg(f), '[]') from (
          select a.id, a.name, a.type from applications_roles ar join applications a on a.tenant_id = ar.tenant_id and a.id = ar.application_id
          where ar.tenant_id = $1 and ar.role_id = role.id order by a.id limit 3) f) as featured_applications
     from unnest($2::text[]) as role (id)`,
    [q.tenantId, roleIds],
  );

/** Names of the permissions that the roles of a user or application give, by resource indicator. */
export const findScopesByIndicator = (
  q: Queries,
  holderId: string,
): Promise<{ indicator: string; names: string[] }[]> =>
  q.raw(
    `select r.indicator, array_agg(distinct s.name order by s.name) as names
       from (select role_id from users_roles where tenant_id = $1 and user_id = $2
             union select role_id from applications_roles where tenant_id = $1 and application_id = $2) held
       join roles_scopes rs on rs.tenant_id = $1 and rs.role_id = held.role_id
       join scopes s on s.tenant_id = $1 and s.id = rs.scope_id
       join resources r on r.tenant_id = $1 and r.id = s.resource_id
      group by r.indicator`,
    [q.tenantId, holderId],
  );

/** Permissions of a role with their resource, by name. */
export async function findRoleScopeList(
  q: Queries,
  roleId: string,
  search?: Search,
  slice?: Slice,
): Promise<Listed<Scope & { resource: Resource }>> {
  let query = sql
    .selectFrom('roles_scopes')
    .innerJoin('scopes', (join) =>
      join.onRef('scopes.tenant_id', '=', 'roles_scopes.tenant_id').onRef('scopes.id', '=', 'roles_scopes.scope_id'),
    )
    .innerJoin('resources', (join) =>
      join.onRef('resources.tenant_id', '=', 'scopes.tenant_id').onRef('resources.id', '=', 'scopes.resource_id'),
    )
    .where('roles_scopes.tenant_id', '=', q.tenantId)
    .where('roles_scopes.role_id', '=', roleId);
  if (search)
    query = query.where(
      searchCondition(search, { id: 'scopes.id', name: 'scopes.name', description: 'scopes.description' }),
    );
  const rows = query
    .select([
      'scopes.id',
      'scopes.resource_id',
      'scopes.name',
      'scopes.description',
      'scopes.created_at',
      'resources.name as resource_name',
      'resources.indicator',
      'resources.is_default',
      'resources.access_token_ttl',
    ])
    .orderBy('scopes.name')
    .orderBy('scopes.id');
  return findList(q, rows, {
    slice,
    toItem: (row) => ({
      tenantId: q.tenantId,
      id: row.id,
      resourceId: row.resource_id,
      name: row.name,
      description: row.description,
      createdAt: row.created_at.getTime(),
      resource: {
        tenantId: q.tenantId,
        id: row.resource_id,
        name: row.resource_name,
        indicator: row.indicator,
        isDefault: row.is_default,
        accessTokenTtl: row.access_token_ttl,
      },
    }),
  });
}
