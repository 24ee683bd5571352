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
}

/** Newest first. */
export async function findUserList(q: Queries, filter: UserFilter, slice: Slice): Promise<Listed<User>> {
  const { isSuspended, excludeRoleId, excludeOrganizationId } = filter;
  const group = isSuspended ? suspended(q) : groupOf(q, filter);
  const excluded = groupOf(q, { roleId: excludeRoleId, organizationId: excludeOrganizationId });
  const others = excluded ?? (isSuspended === false ? suspended(q) : undefined);
  if (filter.search) return findMatching(q, { search: filter.search, group, others }, slice);
  if (group && others) return findMatching(q, { search: undefined, group, others }, slice);
  if (group) return findMembers(q, group, slice);
  if (others) return findOthers(q, others, slice);
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

/** Holders of a role, members of an organization, or suspended users. */
interface Group {
  /** `from` and `where` of the table `g` of the group. One of its indexes is in the order of creation. */
  rows: RawBuilder<unknown>;
  /** The size of the group: maintained by the database at each change, or counted. */
  count: RawBuilder<number>;
}

function groupOf(
  q: Queries,
  { roleId, organizationId, organizationRoleId }: Pick<UserFilter, 'roleId' | 'organizationId' | 'organizationRoleId'>,
): Group | undefined {
  if (roleId !== undefined) {
    const ofRole = fragment`tenant_id = ${q.tenantId} and role_id = ${roleId}`;
    return {
      rows: fragment`from users_roles g where ${ofRole}`,
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
  return { rows, count: fragment`(select count(*) ${rows})` };
}

function suspended(q: Queries): Group {
  const rows = fragment`from users s where s.tenant_id = ${q.tenantId} and s.is_suspended`;
  return {
    rows: fragment`from (select s.id as user_id, s.created_at as user_created_at ${rows}) g where true`,
    count: fragment`(select count(*) ${rows})`,
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
  group: Group | undefined;
  others: Group | undefined;
}

const searchedColumns = {
  id: 'u.id',
  primaryEmail: 'u.primary_email',
  primaryPhone: 'u.primary_phone',
  username: 'u.username',
  name: 'u.name',
};

/** Finds all matches once, for both the count and the page. */
async function findMatching(q: Queries, filter: SearchFilter, { limit, offset }: Slice): Promise<Listed<User>> {
  const { search, group, others } = filter;
  const isFew = group !== undefined && (await countMembers(q, group)) < many;
  const isIn = ({ rows }: Group) => fragment`exists (select ${rows} and g.user_id = u.id)`;
  const conditions = [
    search ? searchCondition(search, searchedColumns) : fragment`true`,
    ...(group && !isFew ? [isIn(group)] : []),
    ...(others ? [fragment`not ${isIn(others)}`] : []),
  ];
  // Without `offset`, PostgreSQL would look up all matching users to check the group. Ordering by id reads neighboring
  // index entries together.
  const users = isFew
    ? fragment`(select g.user_id ${group.rows} order by g.user_id) g cross join lateral
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
