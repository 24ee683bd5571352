/** Lists of users, built for tenants with a million users: reading a page does not scan the pages before it. */

import { sql as fragment, type RawBuilder } from 'kysely';
import type { Queries } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { sql } from '../../../store/sql.ts';
import { columns, toUser } from './store.ts';
import type { User } from './user.ts';

export interface UserFilter {
  search?: Search | undefined;
  /** Users that have this role. */
  roleId?: string | undefined;
  /** Users that do not have this role. */
  excludeRoleId?: string | undefined;
  /** Members of this organization; with a role, only members who have it in this organization. */
  organizationId?: string | undefined;
  organizationRoleId?: string | undefined;
  /** Users that are not members of this organization. */
  excludeOrganizationId?: string | undefined;
  /** Only suspended users, or only the others. */
  isSuspended?: boolean | undefined;
  /** Users created at this time or later. */
  createdAfter?: Date | undefined;
}

/** Newest first. */
export async function findUserList(q: Queries, filter: UserFilter, slice: Slice): Promise<Listed<User>> {
  const groups = [
    groupOf(q, { roleId: filter.roleId }),
    groupOf(q, { organizationId: filter.organizationId, organizationRoleId: filter.organizationRoleId }),
    filter.isSuspended ? suspended(q) : undefined,
    filter.createdAfter && createdAfter(q, filter.createdAfter),
  ].filter((group) => group !== undefined);
  const others = [
    groupOf(q, { roleId: filter.excludeRoleId }),
    groupOf(q, { organizationId: filter.excludeOrganizationId }),
    filter.isSuspended === false ? suspended(q) : undefined,
  ].filter((group) => group !== undefined);
  if (filter.search || groups.length + others.length > 1)
    return findMatching(q, { search: filter.search, groups, others }, slice);
  const [[group], [other]] = [groups, others];
  if (group) return findMembers(q, group, slice);
  if (other) return findOthers(q, other, slice);
  return findAll(q, slice);
}

/** Sums the counts that the triggers on the table maintain. */
async function countUsers(q: Queries): Promise<number> {
  const [row] = await q.raw<{ total: number }>(
    'select coalesce(sum(users), 0)::bigint as total from user_counts where tenant_id = $1',
    [q.tenantId],
  );
  return row?.total ?? 0;
}

/** Holders of a role, members of an organization, suspended users, or users created lately. */
interface Group {
  /** `from` and `where` of the table `g` of the group. One of its indexes is in the order of creation. */
  rows: RawBuilder<unknown>;
  /** The size of the group: maintained by the database at each change, or counted. */
  count: RawBuilder<number>;
  /** Whether the user of the table `u` is in the group. */
  isIn: RawBuilder<boolean>;
}

const isAmong = (rows: RawBuilder<unknown>) => fragment<boolean>`exists (select ${rows} and g.user_id = u.id)`;

function groupOf(
  q: Queries,
  { roleId, organizationId, organizationRoleId }: Pick<UserFilter, 'roleId' | 'organizationId' | 'organizationRoleId'>,
): Group | undefined {
  if (roleId !== undefined) {
    const ofRole = fragment`tenant_id = ${q.tenantId} and role_id = ${roleId}`;
    const rows = fragment`from users_roles g where ${ofRole}`;
    return {
      rows,
      isIn: isAmong(rows),
      count: fragment`(select coalesce(sum(users), 0)::bigint from role_counts where ${ofRole})`,
    };
  }
  if (organizationId === undefined) return undefined;
  const members = fragment`from organization_users g where g.tenant_id = ${q.tenantId} and g.organization_id = ${organizationId}`;
  const rows =
    organizationRoleId === undefined
      ? members
      : fragment`${members} and exists (select from organization_user_roles h where h.tenant_id = g.tenant_id
          and h.organization_id = g.organization_id and h.user_id = g.user_id and h.organization_role_id = ${organizationRoleId})`;
  return { rows, count: fragment`(select count(*) ${rows})`, isIn: isAmong(rows) };
}

function suspended(q: Queries): Group {
  const users = fragment`from users s where s.tenant_id = ${q.tenantId} and s.is_suspended`;
  const rows = fragment`from (select s.id as user_id, s.created_at as user_created_at ${users}) g where true`;
  // Not `u.is_suspended`: without that column, other filters are read from their indexes alone.
  return { rows, count: fragment`(select count(*) ${users})`, isIn: isAmong(rows) };
}

/** Whole days are counted already. */
function createdAfter(q: Queries, time: Date): Group {
  const day = fragment`(${time}::timestamptz at time zone 'UTC')::date`;
  const rows = fragment`from users c where c.tenant_id = ${q.tenantId} and c.created_at >= ${time}`;
  return {
    rows: fragment`from (select c.id as user_id, c.created_at as user_created_at ${rows}) g where true`,
    count: fragment`(select coalesce(sum(n.users), 0)::bigint from user_counts n where n.tenant_id = ${q.tenantId} and n.day > ${day})
      + (select count(*) ${rows} and c.created_at < (${day} + 1)::timestamp at time zone 'UTC')`,
    isIn: fragment`u.created_at >= ${time}`,
  };
}

async function countMembers(q: Queries, { count }: Group): Promise<number> {
  return (await q.first(sql.selectNoFrom(count.as('total'))))?.total ?? 0;
}

async function findMembers(q: Queries, group: Group, slice: Slice): Promise<Listed<User>> {
  const total = await countMembers(q, group);
  const { size, skip, order } = fromNearerEnd(total, slice);
  if (size <= 0) return { items: [], total };
  const [created, id] = [fragment.raw(order.created), fragment.raw(order.id)];
  const page = fragment`select g.user_id ${group.rows} order by g.user_created_at ${created}, g.user_id ${id} limit ${size} offset ${skip}`;
  return { items: await findPage(q, page), total };
}

/** All users outside the group: a merge of both indexes in the same order. */
async function findOthers(q: Queries, group: Group, slice: Slice): Promise<Listed<User>> {
  const total = (await countUsers(q)) - (await countMembers(q, group));
  const { size, skip, order } = fromNearerEnd(total, slice);
  if (size <= 0) return { items: [], total };
  const [created, id] = [fragment.raw(order.created), fragment.raw(order.id)];
  // Without `offset`, PostgreSQL would drop the order of the inner query and could not merge.
  const page = fragment`select u.id from users u where u.tenant_id = ${q.tenantId} and not exists (
      select from (select g.user_created_at, g.user_id ${group.rows} order by g.user_created_at ${created}, g.user_id ${id} offset 0) g
      where g.user_created_at = u.created_at and g.user_id = u.id)
    order by u.created_at ${created}, u.id ${id} limit ${size} offset ${skip}`;
  return { items: await findPage(q, page), total };
}

/** The day (UTC) in which a page of all users begins, from either end, and how many of that day's users precede it. */
const findPlace = `
  with days as (select day, sum(users) as users from user_counts where tenant_id = $1 group by day),
  sums as (select day, sum(users) over (order by day) - users as older, sum(users) over (order by day) as upto,
    sum(users) over () as total from days),
  places as (select *, total - $2 as first, greatest(total - $2 - $3, 0) as rest from sums)
  select coalesce(max(total), 0)::bigint as total,
    max(day) filter (where older < first and first <= upto)::text as newest_day,
    max(upto - first) filter (where older < first and first <= upto)::bigint as newest_skip,
    max(day) filter (where older <= rest and rest < upto)::text as oldest_day,
    max(rest - older) filter (where older <= rest and rest < upto)::bigint as oldest_skip
  from places`;

interface Place {
  total: number;
  newest_day: string;
  newest_skip: number;
  oldest_day: string;
  oldest_skip: number;
}

/** All users: daily counts give the day of the page, and the index is counted within that day. */
async function findAll(q: Queries, { limit, offset }: Slice): Promise<Listed<User>> {
  const [place] = await q.raw<Place>(findPlace, [q.tenantId, offset, limit]);
  const total = place?.total ?? 0;
  if (!place || offset >= total) return { items: [], total };
  const size = Math.min(limit, total - offset);
  const page =
    place.newest_skip <= place.oldest_skip
      ? fragment`select id from users where tenant_id = ${q.tenantId}
          and created_at < (${place.newest_day}::date + 1)::timestamp at time zone 'UTC'
        order by created_at desc, id limit ${size} offset ${place.newest_skip}`
      : fragment`select id from users where tenant_id = ${q.tenantId}
          and created_at >= ${place.oldest_day}::date::timestamp at time zone 'UTC'
        order by created_at, id desc limit ${size} offset ${place.oldest_skip}`;
  return { items: await findPage(q, page), total };
}

function fromNearerEnd(total: number, { limit, offset }: Slice) {
  const size = Math.min(limit, total - offset);
  const rest = total - offset - size;
  return rest < offset
    ? { size, skip: rest, order: { created: 'asc', id: 'desc' } }
    : { size, skip: offset, order: { created: 'desc', id: 'asc' } };
}

const select = (q: Queries) => sql.selectFrom('users').where('users.tenant_id', '=', q.tenantId);

/** @param ids a query for the users' ids */
async function findPage(q: Queries, ids: RawBuilder<unknown>): Promise<User[]> {
  const rows = await q.all(
    select(q)
      .where(fragment<boolean>`users.id = any(array(${ids}))`)
      .select([...columns])
      .orderBy('users.created_at', 'desc')
      .orderBy('users.id'),
  );
  return rows.map(toUser);
}

/** Groups smaller than this are scanned when searching. */
const many = 10_000;

interface Matched {
  id: string;
  created_at: Date;
}

interface SearchFilter {
  /** Undefined: every user. */
  search: Search | undefined;
  groups: readonly Group[];
  others: readonly Group[];
}

const searchedColumns = {
  id: 'u.id',
  primaryEmail: 'u.primary_email',
  primaryPhone: 'u.primary_phone',
  username: 'u.username',
  name: 'u.name',
};

/** The first group that is small enough to look at each of its users. */
async function findFew(q: Queries, groups: readonly Group[]): Promise<Group | undefined> {
  for (const group of groups) if ((await countMembers(q, group)) < many) return group;
  return undefined;
}

/** Finds all matches once, for both the count and the page. */
async function findMatching(q: Queries, filter: SearchFilter, { limit, offset }: Slice): Promise<Listed<User>> {
  const { search, groups, others } = filter;
  const few = await findFew(q, groups);
  const conditions = [
    search ? searchCondition(search, searchedColumns) : fragment`true`,
    ...groups.filter((group) => group !== few).map(({ isIn }) => isIn),
    ...others.map(({ isIn }) => fragment`not ${isIn}`),
  ];
  // Without `offset`, PostgreSQL would look up all matching users to check the group. Ordering by id reads neighboring
  // index entries together.
  const users = few
    ? fragment`(select g.user_id ${few.rows} order by g.user_id) g cross join lateral
        (select * from users where users.tenant_id = ${q.tenantId} and users.id = g.user_id offset 0) u where true`
    : fragment`users u where u.tenant_id = ${q.tenantId}`;
  const matched = fragment<Matched>`select u.id, u.created_at from ${users} and ${fragment.join(conditions, fragment` and `)}`;
  const query = sql
    .with(
      (cte) => cte('matched').materialized(),
      () => fragment<Matched>`(${matched})`,
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
  const beyond = await q.first(sql.selectNoFrom(fragment<number>`(select count(*) from (${matched}) m)`.as('total')));
  return { items: [], total: beyond?.total ?? 0 };
}
