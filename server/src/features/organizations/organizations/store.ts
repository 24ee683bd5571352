import type { Organization, OrganizationRole, OrganizationScope, RoleType } from '@aldaba/contract';
import { defined, jsonOf } from '../../../kernel/defined.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { findList, type Listed, type Slice, totalOf } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

type Row = StoredRow<'organizations'>;

const toOrganization = (row: Row): Organization => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  description: row.description,
  customData: row.custom_data as Organization['customData'],
  isMfaRequired: row.is_mfa_required,
  isTrustedDeviceAllowed: row.is_trusted_device_allowed,
  color: row.color as Organization['color'],
  branding: row.branding as Organization['branding'],
  customCss: row.custom_css,
  createdAt: row.created_at.getTime(),
});

/** `undefined` leaves a column unchanged. */
export type OrganizationColumns = {
  [Member in Exclude<keyof Organization, 'tenantId' | 'id' | 'createdAt'>]?: Organization[Member] | undefined;
};

const toValues = (columns: OrganizationColumns) =>
  defined({
    name: columns.name,
    description: columns.description,
    custom_data: jsonOf(columns.customData),
    is_mfa_required: columns.isMfaRequired,
    is_trusted_device_allowed: columns.isTrustedDeviceAllowed,
    color: jsonOf(columns.color),
    branding: jsonOf(columns.branding),
    custom_css: columns.customCss,
  });

export async function findOrganization(q: Queries, id: string): Promise<Organization | undefined> {
  const row = await q.first(
    sql.selectFrom('organizations').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toOrganization(row);
}

/** Newest first. */
export async function findOrganizationList(
  q: Queries,
  search: Search | undefined,
  slice: Slice,
): Promise<Listed<Organization>> {
  let query = sql.selectFrom('organizations').where('tenant_id', '=', q.tenantId);
  if (search) query = query.where(searchCondition(search, { id: 'organizations.id', name: 'organizations.name' }));
  const rows = query.selectAll().orderBy('created_at', 'desc').orderBy('id');
  return findList(q, rows, { slice, toItem: toOrganization });
}

export async function insertOrganization(
  q: Queries,
  { id, name, createdAt, ...columns }: OrganizationColumns & { id: string; name: string; createdAt: Date },
): Promise<void> {
  await q.run(
    sql
      .insertInto('organizations')
      .values({ ...toValues(columns), tenant_id: q.tenantId, id, name, created_at: createdAt }),
  );
}

export async function updateOrganizationRow(
  q: Queries,
  id: string,
  columns: OrganizationColumns,
): Promise<Organization | undefined> {
  const values = toValues(columns);
  if (Object.keys(values).length === 0) return findOrganization(q, id);
  const row = await q.first(
    sql
      .updateTable('organizations')
      .set(values)
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .returningAll(),
  );
  return row && toOrganization(row);
}

export const deleteOrganizationRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('organizations').where('tenant_id', '=', q.tenantId).where('id', '=', id));

/** The number of users in each organization, and its three newest users. */
export const findFeaturedUsers = (
  q: Queries,
  organizationIds: readonly string[],
): Promise<{ id: string; users: number; featured: { id: string; avatar: string | null; name: string | null }[] }[]> =>
  q.raw(
    `select o.id,
       (select count(*) from organization_users m where m.tenant_id = $1 and m.organization_id = o.id) as users,
       (select coalesce(jsonb_agg(f), '[]') from (
          select u.id, u.avatar, u.name from organization_users m join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
           where m.tenant_id = $1 and m.organization_id = o.id order by m.user_created_at desc, m.user_id limit 3) f) as featured
     from unnest($2::text[]) as o (id)`,
    [q.tenantId, organizationIds],
  );

// Members: users and applications have tables of the same shape

export type MemberKind = 'user' | 'application';

const tables = {
  user: { members: 'organization_users', roles: 'organization_user_roles', column: 'user_id' },
  application: {
    members: 'organization_applications',
    roles: 'organization_application_roles',
    column: 'application_id',
  },
} as const;

export interface Member {
  kind: MemberKind;
  organizationId: string;
  id: string;
}

/**
 * Adds members. Returns the ids that were not members before.
 * @throws AldabaError `entity.relation_foreign_key_not_found`
 */
export async function insertMembers(
  tx: Transaction,
  kind: MemberKind,
  organizationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { members, column } = tables[kind];
  const rows = await tx.raw<{ id: string }>(
    `insert into ${members} (tenant_id, organization_id, ${column})
     select $1, $2, member.id from unnest($3::text[]) as member (id) order by member.id
     on conflict do nothing returning ${column} as id`,
    [tx.tenantId, organizationId, ids],
  );
  return rows.map((row) => row.id);
}

/** Removes only `only`, or all except the given ones. Returns the removed members. */
export async function deleteMembers(
  tx: Transaction,
  kind: MemberKind,
  organizationId: string,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<string[]> {
  const { members, column } = tables[kind];
  const test = 'only' in which ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw<{ id: string }>(
    `delete from ${members} where tenant_id = $1 and organization_id = $2 and ${column} ${test} returning ${column} as id`,
    [tx.tenantId, organizationId, 'only' in which ? which.only : which.except],
  );
  return rows.map((row) => row.id);
}

/** The ids of these that are members. */
export async function findMemberIds(
  q: Queries,
  kind: MemberKind,
  organizationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { members, column } = tables[kind];
  const rows = await q.raw<{ id: string }>(
    `select ${column} as id from ${members} where tenant_id = $1 and organization_id = $2 and ${column} = any($3::text[])`,
    [q.tenantId, organizationId, ids],
  );
  return rows.map((row) => row.id);
}

/** Roles that members already have stay. */
export async function insertMemberRoles(
  tx: Transaction,
  members: { kind: MemberKind; organizationId: string; ids: readonly string[] },
  roleIds: readonly string[],
): Promise<void> {
  const { roles, column } = tables[members.kind];
  await tx.raw(
    `insert into ${roles} (tenant_id, organization_id, ${column}, organization_role_id)
     select $1, $2, member.id, role.id from unnest($3::text[]) as member (id), unnest($4::text[]) as role (id)
      order by member.id, role.id
     on conflict do nothing`,
    [tx.tenantId, members.organizationId, members.ids, roleIds],
  );
}

/** Removes only the roles in `only`, or all except the given ones, from a member. Returns how many were removed. */
export async function deleteMemberRoles(
  tx: Transaction,
  { kind, organizationId, id }: Member,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<number> {
  const { roles, column } = tables[kind];
  const test = 'only' in which ? '= any($4::text[])' : '<> all($4::text[])';
  const rows = await tx.raw(
    `delete from ${roles} where tenant_id = $1 and organization_id = $2 and ${column} = $3
        and organization_role_id ${test} returning organization_role_id`,
    [tx.tenantId, organizationId, id, 'only' in which ? which.only : which.except],
  );
  return rows.length;
}

type RoleRow = Omit<StoredRow<'organization_roles'>, 'created_at'>;

const toRole = (row: RoleRow): OrganizationRole => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  description: row.description,
  type: row.type as RoleType,
});

export async function findMemberRoles(q: Queries, { kind, organizationId, id }: Member): Promise<OrganizationRole[]> {
  const { roles, column } = tables[kind];
  const rows = await q.raw<RoleRow>(
    `select r.tenant_id, r.id, r.name, r.description, r.type from ${roles} h
       join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
      where h.tenant_id = $1 and h.organization_id = $2 and h.${column} = $3 order by r.name`,
    [q.tenantId, organizationId, id],
  );
  return rows.map(toRole);
}

/** Locks a membership with its roles, after concurrent changes of them. Returns whether the member is one. */
export async function lockMember(tx: Transaction, { kind, organizationId, id }: Member): Promise<boolean> {
  const { members, roles, column } = tables[kind];
  const ofMember = `where tenant_id = $1 and organization_id = $2 and ${column} = $3`;
  const values = [tx.tenantId, organizationId, id];
  const found = await tx.raw(`select 1 from ${members} ${ofMember} for no key update`, values);
  await tx.raw(`select 1 from ${roles} ${ofMember} order by organization_role_id for update`, values);
  return found.length > 0;
}

/** The roles of several members in one organization. */
export const findRolesOfMembers = (
  q: Queries,
  kind: MemberKind,
  organizationId: string,
  ids: readonly string[],
): Promise<{ member_id: string; id: string; name: string }[]> => {
  const { roles, column } = tables[kind];
  return q.raw(
    `select h.${column} as member_id, r.id, r.name from ${roles} h
       join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
      where h.tenant_id = $1 and h.organization_id = $2 and h.${column} = any($3::text[]) order by r.name`,
    [q.tenantId, organizationId, ids],
  );
};

/** The organizations of a member, with the roles in each; newest organization first. */
export async function findOrganizationsOf(
  q: Queries,
  kind: MemberKind,
  id: string,
  slice?: Slice,
): Promise<Listed<Organization & { organizationRoles: { id: string; name: string }[] }>> {
  const { members, roles, column } = tables[kind];
  const rows = await q.raw<Row & { roles: { id: string; name: string }[] }>(
    `select o.*,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) order by r.name), '[]') from ${roles} h
          join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
         where h.tenant_id = $1 and h.organization_id = o.id and h.${column} = $2) as roles
     from ${members} m join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
     where m.tenant_id = $1 and m.${column} = $2
     order by o.created_at desc, o.id limit $3 offset $4`,
    [q.tenantId, id, slice?.limit ?? null, slice?.offset ?? 0],
  );
  const items = rows.map((row) => ({ ...toOrganization(row), organizationRoles: row.roles }));
  const total = totalOf(items.length, slice);
  if (total !== undefined) return { items, total };
  const [count] = await q.raw<{ total: number }>(
    `select count(*) as total from ${members} m where m.tenant_id = $1 and m.${column} = $2`,
    [q.tenantId, id],
  );
  return { items, total: count?.total ?? 0 };
}

/** The organization permissions that a user's roles give. */
export async function findUserScopes(q: Queries, organizationId: string, userId: string): Promise<OrganizationScope[]> {
  const rows = await q.raw<Omit<RoleRow, 'type'>>(
    `select distinct s.tenant_id, s.id, s.name, s.description from organization_user_roles h
       join organization_role_scopes rs on rs.tenant_id = h.tenant_id and rs.organization_role_id = h.organization_role_id
       join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
      where h.tenant_id = $1 and h.organization_id = $2 and h.user_id = $3 order by s.name`,
    [q.tenantId, organizationId, userId],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id, name: row.name, description: row.description }));
}

/** Types of those applications that exist. */
export const findApplicationTypes = (q: Queries, ids: readonly string[]): Promise<{ id: string; type: string }[]> =>
  q.raw('select id, type from applications where tenant_id = $1 and id = any($2::text[])', [q.tenantId, ids]);

// Queries for tokens and consent

/** A permission that a user has on an organization, or through one on an API resource. */
export interface HeldPermission {
  organizationId: string;
  /** Null for a permission on the organization itself. */
  resourceId: string | null;
  id: string;
  name: string;
  description: string | null;
}

/** By name; one row per organization that gives the permission. */
export const findPermissionsOf = (q: Queries, userId: string): Promise<HeldPermission[]> =>
  q.raw(
    `select h.organization_id as "organizationId", null as "resourceId", s.id, s.name, s.description
       from organization_user_roles h
       join organization_role_scopes rs on rs.tenant_id = h.tenant_id and rs.organization_role_id = h.organization_role_id
       join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
      where h.tenant_id = $1 and h.user_id = $2
     union
     select h.organization_id, s.resource_id, s.id, s.name, s.description
       from organization_user_roles h
       join organization_role_resource_scopes rs on rs.tenant_id = h.tenant_id and rs.organization_role_id = h.organization_role_id
       join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
      where h.tenant_id = $1 and h.user_id = $2
     order by name, "organizationId"`,
    [q.tenantId, userId],
  );

/** A member's rights in an organization. */
export interface MemberRights {
  isMfaRequired: boolean;
  /** Whether the user has a second factor; applications do not need one. */
  hasMfa: boolean;
  /**
   * Names of the permissions that the member's roles give: on the resource if one is given, otherwise on the
   * organization.
   */
  scopes: string[];
  organization: Pick<Organization, 'id' | 'name' | 'description' | 'customData'>;
}

interface MemberRightsRow extends Pick<Row, 'id' | 'name' | 'description' | 'custom_data' | 'is_mfa_required'> {
  has_mfa: boolean;
  scopes: string[];
}

/**
 * A factor set up by the user $3, or a verified address, if the tenant or the user enables codes to it as a second
 * factor.
 */
const hasSecondFactor = `(
  exists (select from mfa_verifications f where f.tenant_id = $1 and f.user_id = $3)
  or exists (
    select from sign_in_experiences e cross join lateral (select e.settings -> 'mfa' as mfa) s
      join users u on u.tenant_id = e.tenant_id and u.id = $3
     where e.tenant_id = $1
       and (s.mfa -> 'factors' ? 'EmailVerificationCode' and u.primary_email is not null
         or s.mfa -> 'factors' ? 'PhoneVerificationCode' and u.primary_phone is not null)
       and (s.mfa ->> 'policy' like '%Mandatory' or s.mfa ->> 'organizationRequiredMfaPolicy' = 'Mandatory'
         or u.logto_config -> 'mfa' -> 'enabled' = 'true')))`;

/** Everything a token needs to know, in one statement. Undefined for non-members. */
export async function findMemberRights(
  q: Queries,
  { kind, organizationId, id }: Member,
  resourceId: string | undefined,
): Promise<MemberRights | undefined> {
  const { members, roles, column } = tables[kind];
  const scopes =
    resourceId === undefined
      ? `select distinct s.name from ${roles} h
           join organization_role_scopes rs on rs.tenant_id = h.tenant_id and rs.organization_role_id = h.organization_role_id
           join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
          where h.tenant_id = $1 and h.organization_id = $2 and h.${column} = $3 order by 1`
      : `select distinct s.name from ${roles} h
           join organization_role_resource_scopes rs on rs.tenant_id = h.tenant_id and rs.organization_role_id = h.organization_role_id
           join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
          where h.tenant_id = $1 and h.organization_id = $2 and h.${column} = $3 and s.resource_id = $4 order by 1`;
  const hasMfa = kind === 'application' ? 'true' : hasSecondFactor;
  const [row] = await q.raw<MemberRightsRow>(
    `select o.id, o.name, o.description, o.custom_data, o.is_mfa_required, ${hasMfa} as has_mfa, array(${scopes}) as scopes
       from ${members} m join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
      where m.tenant_id = $1 and m.organization_id = $2 and m.${column} = $3`,
    resourceId === undefined ? [q.tenantId, organizationId, id] : [q.tenantId, organizationId, id, resourceId],
  );
  return (
    row && {
      isMfaRequired: row.is_mfa_required,
      hasMfa: row.has_mfa,
      scopes: row.scopes,
      organization: {
        id: row.id,
        name: row.name,
        description: row.description,
        customData: row.custom_data as Organization['customData'],
      },
    }
  );
}
