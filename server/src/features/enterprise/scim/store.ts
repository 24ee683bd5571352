import type { Queries, Transaction } from '../../../store/database.ts';
import type { Values } from './attributes.ts';
import type { DirectoryEntry, DirectoryUser } from './user-resource.ts';

/** The organization of a directory; null for the tenant's. */
export type DirectoryId = string | null;

interface UserRow {
  id: string;
  username: string | null;
  primary_email: string | null;
  name: string | null;
  avatar: string | null;
  profile: Values;
  is_suspended: boolean;
  created_at: Date;
  updated_at: Date;
  is_member: boolean;
  is_provisioned: boolean;
  user_name: string | null;
  external_id: string | null;
  attributes: Values | null;
  has_removed: boolean | null;
  is_owner: boolean | null;
  has_suspended: boolean | null;
  is_deleted: boolean;
  entry_updated_at: Date | null;
  groups: { id: string; name: string }[];
}

const toUser = (row: UserRow): DirectoryUser => ({
  id: row.id,
  username: row.username,
  primaryEmail: row.primary_email,
  name: row.name,
  avatar: row.avatar,
  profile: row.profile,
  isSuspended: row.is_suspended,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  isMember: row.is_member,
  entry: row.is_provisioned ? toEntry(row) : undefined,
  groups: row.groups,
});

const toEntry = (row: UserRow): DirectoryEntry => ({
  userName: row.user_name,
  externalId: row.external_id,
  attributes: row.attributes ?? {},
  hasRemoved: row.has_removed === true,
  isOwner: row.is_owner === true,
  hasSuspended: row.has_suspended === true,
  isDeleted: row.is_deleted,
  updatedAt: row.entry_updated_at as Date,
});

// `$1` the tenant, `$2` the organization or null. In an organization's directory every row needs membership or an entry
// of that directory: the condition of `visible` is the wall.
const columns = `u.id, u.username, u.primary_email, u.name, u.avatar, u.profile, u.is_suspended, u.created_at, u.updated_at,
  m.user_id is not null as is_member, d.user_id is not null as is_provisioned, d.user_name, d.external_id, d.attributes,
  d.has_removed, d.is_owner, d.has_suspended, d.deleted_at is not null as is_deleted, d.updated_at as entry_updated_at,
  (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.display_name) order by g.id), '[]')
     from scim_group_members gm join scim_groups g on g.tenant_id = gm.tenant_id and g.id = gm.group_id
    where gm.tenant_id = u.tenant_id and gm.user_id = u.id and g.directory_id = coalesce($2, '')) as groups`;
const joined = `users u
  left join scim_users d on d.tenant_id = u.tenant_id and d.user_id = u.id and d.directory_id = coalesce($2::text, '')
  left join organization_users m on m.tenant_id = u.tenant_id and m.user_id = u.id and m.organization_id = $2`;
// A deleted resource stays hidden as long as the deletion has its effect.
const visible = `case when $2::text is null then d.deleted_at is null or not u.is_suspended
  else m.user_id is not null or (d.user_id is not null and d.deleted_at is null) end`;
/** In an organization, its few users first, instead of all of the tenant. */
const within = (organizationId: DirectoryId) =>
  organizationId === null
    ? ''
    : `and u.id in (select user_id from organization_users where tenant_id = $1 and organization_id = $2
         union all select user_id from scim_users where tenant_id = $1 and directory_id = $2)`;

/** The user whose resource the directory sees. */
export async function findUser(
  q: Queries,
  organizationId: DirectoryId,
  id: string,
): Promise<DirectoryUser | undefined> {
  const [row] = await q.raw<UserRow>(
    `select ${columns} from ${joined} where u.tenant_id = $1 and u.id = $3 and (${visible})`,
    [q.tenantId, organizationId, id],
  );
  return row && toUser(row);
}

/**
 * Holds other changes of the user back until the transaction ends. A statement of its own: one that also reads
 * would see joined rows as they were before it waited.
 */
export const lockUser = (tx: Transaction, id: string): Promise<unknown> =>
  tx.raw('select 1 from users where tenant_id = $1 and id = $2 for update', [tx.tenantId, id]);

/** Any account of the tenant with what the directory said about it, also if the directory does not see it. */
export async function findAccount(
  tx: Transaction,
  organizationId: DirectoryId,
  id: string,
): Promise<DirectoryUser | undefined> {
  const [row] = await tx.raw<UserRow>(`select ${columns} from ${joined} where u.tenant_id = $1 and u.id = $3`, [
    tx.tenantId,
    organizationId,
    id,
  ]);
  return row && toUser(row);
}

/** A comparison that an index serves, on one of these. */
export interface Candidates {
  by: 'id' | 'userName' | 'externalId' | 'email';
  value: string;
}

// Supersets: the filter is evaluated on what they find.
const found: Record<Candidates['by'], string> = {
  id: 'u.id = $VALUE',
  userName: `u.id in (select user_id from scim_users where tenant_id = $1 and directory_id = coalesce($2, '') and user_name_key = lower($VALUE)
    union all select id from users where tenant_id = $1 and primary_email_key = lower($VALUE)
    union all select id from users where tenant_id = $1 and username_key = lower($VALUE)
    union all select id from users where tenant_id = $1 and id = $VALUE)`,
  externalId: `u.id in (select user_id from scim_users where tenant_id = $1 and directory_id = coalesce($2, '') and external_id = $VALUE)`,
  email: `u.id in (select user_id from scim_user_emails where tenant_id = $1 and directory_id = coalesce($2, '') and email_key = lower($VALUE)
    union all select id from users where tenant_id = $1 and primary_email_key = lower($VALUE))`,
};

/** A batch of users in the order of their ids, after one of them. */
export async function findBatch(
  q: Queries,
  organizationId: DirectoryId,
  { candidates, after, limit }: { candidates: Candidates | undefined; after: string; limit: number },
): Promise<DirectoryUser[]> {
  const narrowed = candidates ? `and ${found[candidates.by].replaceAll('$VALUE', '$5')}` : within(organizationId);
  const rows = await q.raw<UserRow>(
    `select ${columns} from ${joined}
      where u.tenant_id = $1 and u.id > $3 and (${visible}) ${narrowed} order by u.id limit $4`,
    [q.tenantId, organizationId, after, limit, ...(candidates ? [candidates.value] : [])],
  );
  return rows.map(toUser);
}

const orders = {
  id: 'u.id',
  userName: 'lower(coalesce(d.user_name, u.primary_email, u.username, u.id))',
  'meta.created': 'u.created_at',
  'meta.lastModified': 'greatest(u.updated_at, d.updated_at)',
} as const;
export type Order = keyof typeof orders;
export const isOrder = (name: string): name is Order => Object.hasOwn(orders, name);

/** Some users, and how many the directory sees. */
export async function findPage(
  q: Queries,
  organizationId: DirectoryId,
  slice: { offset: number; limit: number; order: Order; isDescending: boolean },
): Promise<{ users: DirectoryUser[]; total: number }> {
  const { offset, limit, order, isDescending } = slice;
  const condition = `u.tenant_id = $1 and (${visible}) ${within(organizationId)}`;
  const direction = isDescending ? 'desc' : 'asc';
  const rows =
    limit === 0
      ? []
      : await q.raw<UserRow>(
          `select ${columns} from ${joined} where ${condition}
            order by ${orders[order]} ${direction}, u.id limit $3 offset $4`,
          [q.tenantId, organizationId, limit, offset],
        );
  const [count] = await q.raw<{ total: number }>(`select count(*) as total from ${joined} where ${condition}`, [
    q.tenantId,
    organizationId,
  ]);
  return { users: rows.map(toUser), total: count?.total ?? 0 };
}

/** The ids of these that the directory sees. */
export async function findVisibleIds(
  q: Queries,
  organizationId: DirectoryId,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await q.raw<{ id: string }>(
    `select u.id from ${joined} where u.tenant_id = $1 and u.id = any($3::text[]) and (${visible})`,
    [q.tenantId, organizationId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

export interface EntryValues {
  userName: string | null;
  externalId: string | null;
  attributes: Values;
  hasRemoved: boolean;
  isOwner: boolean;
  hasSuspended: boolean;
  emailKeys: readonly string[];
  isDeleted: boolean;
}

/** Inserts or replaces what the directory says about a user. */
export async function saveEntry(
  tx: Transaction,
  organizationId: DirectoryId,
  { userId, now, ...entry }: EntryValues & { userId: string; now: Date },
): Promise<void> {
  await tx.raw(
    `insert into scim_users as d (tenant_id, organization_id, user_id, user_name, external_id, attributes, has_removed, is_owner,
        has_suspended, created_at, updated_at, deleted_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $10, $11)
     on conflict (tenant_id, directory_id, user_id) do update set user_name = excluded.user_name,
        external_id = excluded.external_id, attributes = excluded.attributes, has_removed = excluded.has_removed,
        is_owner = excluded.is_owner, has_suspended = excluded.has_suspended, updated_at = excluded.updated_at,
        deleted_at = excluded.deleted_at`,
    [
      ...[tx.tenantId, organizationId, userId, entry.userName, entry.externalId, JSON.stringify(entry.attributes)],
      ...[entry.hasRemoved, entry.isOwner, entry.hasSuspended, now, entry.isDeleted ? now : null],
    ],
  );
  await tx.raw(
    `delete from scim_user_emails where tenant_id = $1 and directory_id = coalesce($2, '') and user_id = $3
        and email_key <> all($4::text[])`,
    [tx.tenantId, organizationId, userId, entry.emailKeys],
  );
  if (entry.emailKeys.length > 0)
    await tx.raw(
      `insert into scim_user_emails (tenant_id, directory_id, user_id, email_key)
       select $1, coalesce($2, ''), $3, key from unnest($4::text[]) as given (key) on conflict do nothing`,
      [tx.tenantId, organizationId, userId, entry.emailKeys],
    );
}

/** Whether another organization or another directory has to do with the account, too. */
export async function hasOtherParties(tx: Transaction, organizationId: string, userId: string): Promise<boolean> {
  const [row] = await tx.raw<{ found: boolean }>(
    `select exists (select from organization_users where tenant_id = $1 and user_id = $3 and organization_id <> $2)
         or exists (select from scim_users where tenant_id = $1 and user_id = $3 and directory_id <> $2 and deleted_at is null)
       as found`,
    [tx.tenantId, organizationId, userId],
  );
  return row?.found ?? false;
}

/** Removes a user from every group of the directory. */
export async function leaveGroups(tx: Transaction, organizationId: DirectoryId, userId: string): Promise<void> {
  await tx.raw(
    `with left_groups as (
       delete from scim_group_members gm using scim_groups g
        where gm.tenant_id = $1 and gm.user_id = $3 and g.tenant_id = gm.tenant_id and g.id = gm.group_id
          and g.directory_id = coalesce($2, '')
        returning gm.group_id)
     update scim_groups set revision = revision + 1 where tenant_id = $1 and id in (select group_id from left_groups)`,
    [tx.tenantId, organizationId, userId],
  );
}
