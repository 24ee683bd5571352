import type { Queries, Transaction } from '../../../store/database.ts';
import type { DirectoryId } from './store.ts';

export interface DirectoryGroup {
  id: string;
  displayName: string;
  externalId: string | null;
  /** The role, or the organization's role, that an operator mapped the group to. */
  mappedRoleId: string | null;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

const columns = `g.id, g.display_name as "displayName", g.external_id as "externalId",
  coalesce(g.role_id, g.organization_role_id) as "mappedRoleId", g.revision, g.created_at as "createdAt", g.updated_at as "updatedAt"`;
const ofDirectory = `g.tenant_id = $1 and g.directory_id = coalesce($2::text, '')`;

export async function findGroup(
  q: Queries,
  organizationId: DirectoryId,
  id: string,
  { locks = false }: { locks?: boolean } = {},
): Promise<DirectoryGroup | undefined> {
  const [row] = await q.raw<DirectoryGroup>(
    `select ${columns} from scim_groups g where ${ofDirectory} and g.id = $3 ${locks ? 'for update' : ''}`,
    [q.tenantId, organizationId, id],
  );
  return row;
}

/** A comparison that an index serves. */
export interface GroupCandidates {
  by: 'id' | 'displayName' | 'externalId' | 'member';
  value: string;
}

const found: Record<GroupCandidates['by'], string> = {
  id: 'g.id = $5',
  displayName: 'g.display_name_key = lower($5)',
  externalId: 'g.external_id = $5',
  member: 'g.id in (select group_id from scim_group_members where tenant_id = $1 and user_id = $5)',
};

export const findGroupBatch = (
  q: Queries,
  organizationId: DirectoryId,
  { candidates, after, limit }: { candidates: GroupCandidates | undefined; after: string; limit: number },
): Promise<DirectoryGroup[]> =>
  q.raw(
    `select ${columns} from scim_groups g where ${ofDirectory} and g.id > $3
       ${candidates ? `and ${found[candidates.by]}` : ''} order by g.id limit $4`,
    [q.tenantId, organizationId, after, limit, ...(candidates ? [candidates.value] : [])],
  );

const orders = {
  id: 'g.id',
  displayName: 'g.display_name_key',
  'meta.created': 'g.created_at',
  'meta.lastModified': 'g.updated_at',
} as const;
export type GroupOrder = keyof typeof orders;
export const isGroupOrder = (name: string): name is GroupOrder => Object.hasOwn(orders, name);

export async function findGroupPage(
  q: Queries,
  organizationId: DirectoryId,
  slice: { offset: number; limit: number; order: GroupOrder; isDescending: boolean },
): Promise<{ groups: DirectoryGroup[]; total: number }> {
  const { offset, limit, order, isDescending } = slice;
  const groups = await q.raw<DirectoryGroup>(
    `select ${columns} from scim_groups g where ${ofDirectory}
      order by ${orders[order]} ${isDescending ? 'desc' : 'asc'}, g.id limit $3 offset $4`,
    [q.tenantId, organizationId, limit, offset],
  );
  const [count] = await q.raw<{ total: number }>(`select count(*) as total from scim_groups g where ${ofDirectory}`, [
    q.tenantId,
    organizationId,
  ]);
  return { groups, total: count?.total ?? 0 };
}

export interface GroupMember {
  groupId: string;
  userId: string;
  display: string | null;
}

/** The members of several groups, in the order of their ids. */
export const findMembers = (q: Queries, groupIds: readonly string[]): Promise<GroupMember[]> =>
  q.raw(
    `select gm.group_id as "groupId", gm.user_id as "userId",
            (select coalesce(u.name, u.primary_email, u.username) from users u
              where u.tenant_id = gm.tenant_id and u.id = gm.user_id) as display
       from scim_group_members gm
      where gm.tenant_id = $1 and gm.group_id = any($2::text[]) order by gm.group_id, gm.user_id`,
    [q.tenantId, groupIds],
  );

export async function insertGroup(
  tx: Transaction,
  organizationId: DirectoryId,
  group: { id: string; displayName: string; externalId: string | null; now: Date },
): Promise<void> {
  await tx.raw(
    `insert into scim_groups (tenant_id, organization_id, id, display_name, external_id, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)`,
    [tx.tenantId, organizationId, group.id, group.displayName, group.externalId, group.now],
  );
}

export async function updateGroupRow(
  tx: Transaction,
  organizationId: DirectoryId,
  group: { id: string; displayName: string; externalId: string | null; now: Date },
): Promise<void> {
  await tx.raw(
    `update scim_groups g set display_name = $4, external_id = $5, updated_at = $6, revision = revision + 1
      where ${ofDirectory} and g.id = $3`,
    [tx.tenantId, organizationId, group.id, group.displayName, group.externalId, group.now],
  );
}

export async function mapGroupRow(
  tx: Transaction,
  organizationId: DirectoryId,
  { id, roleId }: { id: string; roleId: string | null },
): Promise<boolean> {
  const column = organizationId === null ? 'role_id' : 'organization_role_id';
  const rows = await tx.raw(`update scim_groups g set ${column} = $4 where ${ofDirectory} and g.id = $3 returning 1`, [
    tx.tenantId,
    organizationId,
    id,
    roleId,
  ]);
  return rows.length > 0;
}

export async function deleteGroupRow(tx: Transaction, organizationId: DirectoryId, id: string): Promise<void> {
  await tx.raw(`delete from scim_groups g where ${ofDirectory} and g.id = $3`, [tx.tenantId, organizationId, id]);
}

/** Returns the users who were not members before. */
export async function insertGroupMembers(tx: Transaction, groupId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.raw<{ id: string }>(
    `insert into scim_group_members (tenant_id, group_id, user_id)
     select $1, $2, given.id from unnest($3::text[]) as given (id) order by 3 on conflict do nothing returning user_id as id`,
    [tx.tenantId, groupId, ids],
  );
  return rows.map((row) => row.id);
}

/** Removes only `only`, or all except the given ones. Returns the users who were members. */
export async function deleteGroupMembers(
  tx: Transaction,
  groupId: string,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<string[]> {
  const test = 'only' in which ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw<{ id: string }>(
    `delete from scim_group_members where tenant_id = $1 and group_id = $2 and user_id ${test} returning user_id as id`,
    [tx.tenantId, groupId, 'only' in which ? which.only : which.except],
  );
  return rows.map((row) => row.id);
}

export interface RoleChange {
  userId: string;
  roleId: string;
  /** Whether the user lacks a role that a group gives, or has one from the directory that no group gives any more. */
  change: 'give' | 'take';
}

/** What must change so that users have the roles of their groups, among these users. */
export const findRoleChanges = (
  tx: Transaction,
  organizationId: DirectoryId,
  userIds: readonly string[],
): Promise<RoleChange[]> =>
  tx.raw(
    `with wanted as (
       select distinct gm.user_id, coalesce(g.role_id, g.organization_role_id) as role_id
         from scim_group_members gm join scim_groups g on g.tenant_id = gm.tenant_id and g.id = gm.group_id
        where ${ofDirectory} and gm.user_id = any($3::text[]) and coalesce(g.role_id, g.organization_role_id) is not null
          and ($2 is null or exists (select from organization_users m
                where m.tenant_id = $1 and m.organization_id = $2 and m.user_id = gm.user_id))),
     granted as (
       select user_id, role_id from scim_role_grants
        where tenant_id = $1 and directory_id = coalesce($2, '') and user_id = any($3::text[])),
     held as (
       select user_id, role_id from users_roles where tenant_id = $1 and $2 is null and user_id = any($3::text[])
       union all
       select user_id, organization_role_id from organization_user_roles
        where tenant_id = $1 and organization_id = $2 and user_id = any($3::text[]))
     select user_id as "userId", role_id as "roleId", 'give' as change from (select * from wanted except select * from held) g
     union all
     select user_id, role_id, 'take' from (select * from granted except select * from wanted) t
     order by 3, 2, 1`,
    [tx.tenantId, organizationId, userIds],
  );

export async function insertRoleGrants(
  tx: Transaction,
  organizationId: DirectoryId,
  { roleId, userIds }: { roleId: string; userIds: readonly string[] },
): Promise<void> {
  await tx.raw(
    `insert into scim_role_grants (tenant_id, organization_id, user_id, role_id)
     select $1, $2, given.id, $4 from unnest($3::text[]) as given (id) order by 3 on conflict do nothing`,
    [tx.tenantId, organizationId, userIds, roleId],
  );
}

export async function deleteRoleGrants(
  tx: Transaction,
  organizationId: DirectoryId,
  { roleId, userIds }: { roleId: string; userIds: readonly string[] },
): Promise<void> {
  await tx.raw(
    `delete from scim_role_grants where tenant_id = $1 and directory_id = coalesce($2::text, '') and role_id = $4
        and user_id = any($3::text[])`,
    [tx.tenantId, organizationId, userIds, roleId],
  );
}

/** Groups with the number of their members, by name, for the Management API. */
export const findGroupSummaries = (
  q: Queries,
  organizationId: DirectoryId,
): Promise<(DirectoryGroup & { membersCount: number })[]> =>
  q.raw(
    `select ${columns}, (select count(*) from scim_group_members gm where gm.tenant_id = g.tenant_id and gm.group_id = g.id) as "membersCount"
       from scim_groups g where ${ofDirectory} order by g.display_name_key`,
    [q.tenantId, organizationId],
  );

/** The last change of a user or a group by the directory. */
export async function findLastChange(q: Queries, organizationId: DirectoryId): Promise<Date | undefined> {
  const [row] = await q.raw<{ at: Date | null }>(
    `select greatest(
       (select max(updated_at) from scim_users where tenant_id = $1 and directory_id = coalesce($2::text, '')),
       (select max(updated_at) from scim_groups where tenant_id = $1 and directory_id = coalesce($2::text, ''))) as at`,
    [q.tenantId, organizationId],
  );
  return row?.at ?? undefined;
}
