/** Lists of users, built for tenants with a million users: reading a page does not scan the pages before it. */

import { sql as fragment, type RawBuilder } from 'kysely';
import type { Queries } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { sql } from '../../../store/sql.ts';
import {
  countMembers,
  countUsers,
  type Filters,
  filtersOf,
  type Group,
  isIn,
  type SortKey,
  type UserFilter,
} from './group-store.ts';
import { columns, toUser } from './store.ts';
import type { User } from './user.ts';

export interface UserSort {
  by: SortKey;
  isAscending: boolean;
}

const newestFirst: UserSort = { by: 'createdAt', isAscending: false };

/** The beginning of the order of sign-ins: users who have never signed in. */
const never = fragment`'1970-01-01 00:00+00'::timestamptz`;

/** Groups smaller than this are scanned. */
const many = 10_000;

/** Users of the same instant are in the order of their ids, or in the opposite one if ascending. */
export async function findUserList(
  q: Queries,
  filter: UserFilter,
  { slice, sort = newestFirst }: { slice: Slice; sort?: UserSort | undefined },
): Promise<Listed<User>> {
  const filters = filtersOf(q, filter);
  const wanted = { slice, sort };
  if (filter.search) return findMatching(q, { ...filters, search: filter.search }, wanted);
  const { groups, others, keys } = filters;
  const [[group], [other]] = [groups, others];
  if (!group && !other && keys.length === 0) return findAll(q, wanted);
  const isOne = groups.length + others.length + keys.length === 1;
  if (isOne && group && sort.by === 'createdAt') return findMembers(q, group, wanted);
  if (isOne && other && sort.by === 'createdAt') return findOthers(q, other, wanted);
  return findFiltered(q, filters, wanted);
}

/** A page of a list, and its order. */
interface Wanted {
  slice: Slice;
  sort: UserSort;
}

/** A group in its own order. */
async function findMembers(q: Queries, group: Group, { slice, sort }: Wanted): Promise<Listed<User>> {
  const total = await countMembers(q, group);
  const { size, skip, order } = fromNearerEnd(total, slice, sort);
  if (size <= 0) return { items: [], total };
  const page = fragment`select g.user_id ${group.rows} order by g.user_created_at ${order.key}, g.user_id ${order.id} limit ${size} offset ${skip}`;
  return { items: await findPage(q, page, sort), total };
}

/** All users outside the group, in its own order. */
async function findOthers(q: Queries, group: Group, { slice, sort }: Wanted): Promise<Listed<User>> {
  const total = (await countUsers(q)) - (await countMembers(q, group));
  const { size, skip, order } = fromNearerEnd(total, slice, sort);
  if (size <= 0) return { items: [], total };
  // A merge of both indexes in the same order. Without `offset`, PostgreSQL would drop the order of the inner query and
  // could not merge.
  const page = fragment`select u.id from users u where u.tenant_id = ${q.tenantId} and not exists (
      select from (select g.user_created_at, g.user_id ${group.rows} order by g.user_created_at ${order.key}, g.user_id ${order.id} offset 0) g
      where g.user_created_at = u.created_at and g.user_id = u.id)
    order by u.created_at ${order.key}, u.id ${order.id} limit ${size} offset ${skip}`;
  return { items: await findPage(q, page, sort), total };
}

/** Users of a small group, or all users in the order of the list, as far as the filters let them through. */
async function findFiltered(q: Queries, filters: Filters, { slice, sort }: Wanted): Promise<Listed<User>> {
  const { groups, others, keys } = filters;
  const few = await findFew(q, groups);
  const userId = fragment.ref('k.user_id');
  const conditions = all([
    ...keys.map(({ holds }) => holds),
    ...groups.filter((group) => group !== few).map((group) => isIn(group, userId)),
    ...others.map((group) => fragment<boolean>`not ${isIn(group, userId)}`),
  ]);
  const [only] = groups.length + others.length === 0 && keys.length === 1 ? keys : [];
  const counted = fragment<number>`(select count(*) from ${listed(q, few, keys.length > 0)} and ${conditions})`;
  const total = await countMembers(q, only ?? { count: counted });
  const { size, skip, order } = fromNearerEnd(total, slice, sort);
  if (size <= 0) return { items: [], total };
  const users = listed(q, few, keys.length > 0 || sort.by === 'lastSignInAt');
  const key = fragment.ref(sort.by === 'createdAt' ? 'k.user_created_at' : 'k.signed_in_at');
  const page = fragment`select k.user_id from ${users} and ${conditions} order by ${key} ${order.key}, k.user_id ${order.id} limit ${size} offset ${skip}`;
  return { items: await findPage(q, page, sort), total };
}

/**
 * The users to look at, as the table `k`. Without `offset`, PostgreSQL could look up all users to check the group.
 * Ordering by id reads neighboring index entries together.
 */
function listed(q: Queries, few: Group | undefined, needsKeys: boolean): RawBuilder<unknown> {
  if (!few) return fragment`user_list_keys k where k.tenant_id = ${q.tenantId}`;
  const users = fragment`(select g.user_id, g.user_created_at ${few.rows} order by g.user_id offset 0)`;
  return needsKeys
    ? fragment`${users} g cross join lateral (select * from user_list_keys
        where user_list_keys.tenant_id = ${q.tenantId} and user_list_keys.user_id = g.user_id offset 0) k where true`
    : fragment`${users} k where true`;
}

const all = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length > 0 ? fragment`${fragment.join(conditions, fragment` and `)}` : fragment`true`;

/** The first group that is small enough to look at each of its users. */
async function findFew(q: Queries, groups: readonly Group[]): Promise<Group | undefined> {
  for (const group of groups) if ((await countMembers(q, group)) < many) return group;
  return undefined;
}

/** How all users are counted by day in each order. */
const everyone: Record<SortKey, { counts: string; users: string; id: string; key: string }> = {
  createdAt: { counts: 'user_counts where', users: 'users', id: 'id', key: 'created_at' },
  lastSignInAt: {
    counts: `user_list_counts where list = 'signed-in' and`,
    users: 'user_list_keys',
    id: 'user_id',
    key: 'signed_in_at',
  },
};

/** The day (UTC) in which a page of all users begins, from either end, and how many of that day's users precede it. */
const findPlace = (counts: string) => `
  with days as (select day, sum(users) as users from ${counts} tenant_id = $1 group by day),
  sums as (select day, sum(users) over (order by day) - users as older, sum(users) over (order by day) as upto,
    sum(users) over () as total from days),
  places as (select *, case when $4::boolean then least($2::bigint + $3, total) else total - $2 end as first,
    case when $4 then $2 else greatest(total - $2 - $3, 0) end as rest from sums)
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
async function findAll(q: Queries, { slice: { limit, offset }, sort }: Wanted): Promise<Listed<User>> {
  const { counts, ...names } = everyone[sort.by];
  const [place] = await q.raw<Place>(findPlace(counts), [q.tenantId, offset, limit, sort.isAscending]);
  const total = place?.total ?? 0;
  if (!place || offset >= total) return { items: [], total };
  const size = Math.min(limit, total - offset);
  const [users, id, key] = [fragment.table(names.users), fragment.ref(names.id), fragment.ref(names.key)];
  const page =
    place.newest_skip <= place.oldest_skip
      ? fragment`select ${id} from ${users} where tenant_id = ${q.tenantId}
          and ${key} < (${place.newest_day}::date + 1)::timestamp at time zone 'UTC'
        order by ${key} desc, ${id} limit ${size} offset ${place.newest_skip}`
      : fragment`select ${id} from ${users} where tenant_id = ${q.tenantId}
          and ${key} >= ${place.oldest_day}::date::timestamp at time zone 'UTC'
        order by ${key}, ${id} desc limit ${size} offset ${place.oldest_skip}`;
  return { items: await findPage(q, page, sort), total };
}

const directions = (isAscending: boolean) => ({
  key: fragment.raw(isAscending ? 'asc' : 'desc'),
  id: fragment.raw(isAscending ? 'desc' : 'asc'),
});

/** How to read a page: how many rows after how many others, in an order that is the opposite one from the other end. */
function fromNearerEnd(total: number, { limit, offset }: Slice, { isAscending }: UserSort) {
  const size = Math.min(limit, total - offset);
  const rest = total - offset - size;
  const isNearEnd = rest < offset;
  return { size, skip: isNearEnd ? rest : offset, order: directions(isAscending !== isNearEnd) };
}

const select = (q: Queries) => sql.selectFrom('users').where('users.tenant_id', '=', q.tenantId);

/** The order of the rows of a page. */
const orderBy = ({ by, isAscending }: UserSort): RawBuilder<unknown> => {
  const { key, id } = directions(isAscending);
  const of = by === 'createdAt' ? fragment`users.created_at` : fragment`coalesce(users.last_sign_in_at, ${never})`;
  return fragment`${of} ${key}, users.id ${id}`;
};

/** @param ids a query for the users' ids */
async function findPage(q: Queries, ids: RawBuilder<unknown>, sort: UserSort): Promise<User[]> {
  const page = select(q)
    .where(fragment<boolean>`users.id = any(array(${ids}))`)
    .select([...columns]);
  const rows = await q.all(page.orderBy(orderBy(sort)));
  return rows.map(toUser);
}

interface Matched {
  id: string;
  at: Date;
}

interface SearchFilter extends Filters {
  search: Search;
}

const searchedColumns = {
  id: 'u.id',
  primaryEmail: 'u.primary_email',
  primaryPhone: 'u.primary_phone',
  username: 'u.username',
  name: 'u.name',
};

/** Finds all matches of a search once, for both the count and the page. */
async function findMatching(q: Queries, filter: SearchFilter, { slice, sort }: Wanted): Promise<Listed<User>> {
  const { search, groups, others, keys } = filter;
  const { limit, offset } = slice;
  const few = await findFew(q, groups);
  const id = fragment.ref('u.id');
  const conditions = all([
    searchCondition(search, searchedColumns),
    ...groups.filter((group) => group !== few).map((group) => isIn(group, id)),
    ...others.map((group) => fragment<boolean>`not ${isIn(group, id)}`),
    ...keys.map(
      ({ holds }) =>
        fragment<boolean>`exists (select from user_list_keys k where k.tenant_id = ${q.tenantId} and k.user_id = u.id and ${holds})`,
    ),
  ]);
  const at = sort.by === 'createdAt' ? fragment`u.created_at` : fragment`coalesce(u.last_sign_in_at, ${never})`;
  const users = few
    ? fragment`(select g.user_id ${few.rows} order by g.user_id) g cross join lateral
        (select * from users where users.tenant_id = ${q.tenantId} and users.id = g.user_id offset 0) u where true`
    : fragment`users u where u.tenant_id = ${q.tenantId}`;
  const matched = fragment<Matched>`select u.id, ${at} as at from ${users} and ${conditions}`;
  const order = directions(sort.isAscending);
  const query = sql
    .with(
      (cte) => cte('matched').materialized(),
      () => fragment<Matched>`(${matched})`,
    )
    .selectFrom('users')
    .where('users.tenant_id', '=', q.tenantId)
    .where(
      fragment<boolean>`users.id = any(array(select id from matched order by at ${order.key}, id ${order.id} limit ${limit} offset ${offset}))`,
    )
    .select([...columns, fragment<number>`(select count(*) from matched)`.as('total')]);
  const rows = await q.all(query.orderBy(orderBy(sort)));
  const [first] = rows;
  if (first || offset === 0) return { items: rows.map(toUser), total: first?.total ?? 0 };
  const beyond = await q.first(sql.selectNoFrom(fragment<number>`(select count(*) from (${matched}) m)`.as('total')));
  return { items: [], total: beyond?.total ?? 0 };
}
