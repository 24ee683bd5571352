/** Lists of users, made for tenants with a million of them: no page is found by counting its way there. */
import { sql as fragment } from 'kysely';
import { type Queries, type Search, searchCondition, sql } from '../../store/index.ts';
import { columns, type Slice, toUser } from './store.ts';
import type { User } from './user.ts';

export interface UserFilter {
  search?: Search | undefined;
  /** Users that have this role. */
  roleId?: string | undefined;
  /** Users that do not have this role. */
  excludeRoleId?: string | undefined;
  /** Members of this organization, and only those who have this role in it. */
  organizationId?: string | undefined;
  organizationRoleId?: string | undefined;
  /** Users that are no members of this organization. */
  excludeOrganizationId?: string | undefined;
}

export interface UserList {
  items: User[];
  total: number;
}

/** Newest first. */
export async function findUserList(q: Queries, filter: UserFilter, slice: Slice): Promise<UserList> {
  if (filter.search || filter.organizationId !== undefined) return findFew(q, filter, slice);
  if (Object.values(filter).every((value) => value === undefined)) return findAll(q, slice);
  if (filter.roleId !== undefined && !(await isHeldByMany(q, filter.roleId))) return findFew(q, filter, slice);
  return findMany(q, filter, slice);
}

const many = 10_000;

async function isHeldByMany(q: Queries, roleId: string): Promise<boolean> {
  const rows = await q.raw('select 1 from users_roles where tenant_id = $1 and role_id = $2 offset $3 limit 1', [
    q.tenantId,
    roleId,
    many,
  ]);
  return rows.length > 0;
}

/** Sums what the triggers on the table counted. */
export async function countUsers(q: Queries): Promise<number> {
  const [row] = await q.raw<{ total: number }>(
    'select coalesce(sum(users), 0)::bigint as total from user_counts where tenant_id = $1',
    [q.tenantId],
  );
  return row?.total ?? 0;
}

const select = (q: Queries) => sql.selectFrom('users').where('users.tenant_id', '=', q.tenantId);

/** All users: the page is counted off in the index alone, from whichever end is nearer. */
async function findAll(q: Queries, { limit, offset }: Slice): Promise<UserList> {
  const total = await countUsers(q);
  const size = Math.min(limit, total - offset);
  if (size <= 0) return { items: [], total };
  const order = total - offset - size < offset ? 'created_at, id desc' : 'created_at desc, id';
  const skip = total - offset - size < offset ? total - offset - size : offset;
  const page = fragment<boolean>`users.id = any(array(select id from users where tenant_id = ${q.tenantId}
    order by ${fragment.raw(order)} limit ${size} offset ${skip}))`;
  const rows = await q.all(
    select(q)
      .where(page)
      .select([...columns])
      .orderBy('users.created_at', 'desc')
      .orderBy('users.id'),
  );
  return { items: rows.map(toUser), total };
}

/** Where few are expected to match, all are found first, once for the count and the page. */
async function findFew(q: Queries, filter: UserFilter, { limit, offset }: Slice): Promise<UserList> {
  const matched = matching(q, filter).select(['users.id', 'users.created_at']);
  const query = sql
    .with(
      (cte) => cte('matched').materialized(),
      () => matched,
    )
    .selectFrom('users')
    .where('users.tenant_id', '=', q.tenantId)
    .where(
      fragment<boolean>`users.id = any(array(select id from matched order by created_at desc, id limit ${limit} offset ${offset}))`,
    )
    .select([...columns, fragment<number>`(select count(*) from matched)`.as('total')])
    .orderBy('users.created_at', 'desc')
    .orderBy('users.id');
  const rows = await q.all(query);
  const [first] = rows;
  if (first || offset === 0) return { items: rows.map(toUser), total: first?.total ?? 0 };
  return { items: [], total: await count(q, filter) };
}

/** Where many match, the page is soon full on the way from the newest. */
async function findMany(q: Queries, filter: UserFilter, { limit, offset }: Slice): Promise<UserList> {
  const query = matching(q, filter).select([...columns]);
  const rows = await q.all(query.orderBy('users.created_at', 'desc').orderBy('users.id').limit(limit).offset(offset));
  return { items: rows.map(toUser), total: await count(q, filter) };
}

async function count(q: Queries, filter: UserFilter): Promise<number> {
  if (filter.search || filter.roleId !== undefined || filter.organizationId !== undefined) {
    const row = await q.first(matching(q, filter).select((e) => e.fn.countAll<number>().as('total')));
    return row?.total ?? 0;
  }
  // Everybody but those who are left out, who are fewer.
  const [row] = await q.raw<{ total: number }>(
    `select count(*) as total from (select user_id from users_roles where tenant_id = $1 and role_id = $2
       union select user_id from organization_users where tenant_id = $1 and organization_id = $3) as excluded`,
    [q.tenantId, filter.excludeRoleId ?? null, filter.excludeOrganizationId ?? null],
  );
  return (await countUsers(q)) - (row?.total ?? 0);
}

function matching(q: Queries, filter: UserFilter) {
  const hasRole = (roleId: string) =>
    fragment<boolean>`exists (select from users_roles ur where ur.tenant_id = users.tenant_id and ur.user_id = users.id and ur.role_id = ${roleId})`;
  const isMember = (organizationId: string) =>
    fragment<boolean>`exists (select from organization_users m where m.tenant_id = users.tenant_id and m.organization_id = ${organizationId} and m.user_id = users.id)`;
  let query = select(q);
  if (filter.roleId !== undefined) query = query.where(hasRole(filter.roleId));
  if (filter.excludeRoleId !== undefined) query = query.where(fragment<boolean>`not ${hasRole(filter.excludeRoleId)}`);
  if (filter.organizationId !== undefined) query = query.where(isMember(filter.organizationId));
  if (filter.organizationId !== undefined && filter.organizationRoleId !== undefined)
    query = query.where(
      fragment<boolean>`exists (select from organization_user_roles h where h.tenant_id = users.tenant_id and h.organization_id = ${filter.organizationId} and h.user_id = users.id and h.organization_role_id = ${filter.organizationRoleId})`,
    );
  if (filter.excludeOrganizationId !== undefined)
    query = query.where(fragment<boolean>`not ${isMember(filter.excludeOrganizationId)}`);
  if (filter.search) {
    query = query.where(
      searchCondition(filter.search, {
        id: 'users.id',
        primaryEmail: 'users.primary_email',
        primaryPhone: 'users.primary_phone',
        username: 'users.username',
        name: 'users.name',
      }),
    );
  }
  return query;
}
