/** The groups of users by which lists are filtered: their members, size and order. */

import { sql as fragment, type RawBuilder } from 'kysely';
import type { Queries } from '../../../store/database.ts';
import type { Search } from '../../../store/search.ts';
import { sql } from '../../../store/sql.ts';

export interface UserFilter {
  search?: Search | undefined;
  /** Users that have this role. */
  roleId?: string | undefined;
  /** Users that do not have this role. */
  excludeRoleId?: string | undefined;
  /** Members of this organization; with a role, only members who have it in this organization. */
  organizationId?: string | undefined;
  organizationRoleId?: string | undefined;
  /** Users with an identity at this enterprise connector. */
  ssoConnectorId?: string | undefined;
  /** Users that are not members of this organization. */
  excludeOrganizationId?: string | undefined;
  /** Only suspended users, or only the others. */
  isSuspended?: boolean | undefined;
  /** Only users who have added a second factor, or only the others. */
  hasMfa?: boolean | undefined;
  /** Users created at this time or later. */
  createdAfter?: Date | undefined;
  /** Users whose last sign-in was at this time or later. */
  lastSignInAfter?: Date | undefined;
}

/** What a list is sorted by. Users who have never signed in come after all others, or before them if ascending. */
export type SortKey = 'createdAt' | 'lastSignInAt';

/** Users that a table of its own lists in the order of their creation: holders of a role, members, suspended users. */
export interface Group {
  /** `from` and `where` of the table `g` of the group, with `user_id` and `user_created_at`. */
  rows: RawBuilder<unknown>;
  /** The size of the group: maintained by the database at each change, or counted. */
  count: RawBuilder<number>;
}

/** A condition on the row `k` that a user has in user_list_keys, whose indexes cover it. */
interface KeyCondition {
  holds: RawBuilder<boolean>;
  /** The number of all users for whom it holds, maintained by the database. */
  count: RawBuilder<number>;
}

/** What the listed users have in common. */
export interface Filters {
  /** The groups that they are in. */
  groups: readonly Group[];
  /** The groups that they are not in. */
  others: readonly Group[];
  keys: readonly KeyCondition[];
}

export function filtersOf(q: Queries, filter: UserFilter): Filters {
  const { organizationId, organizationRoleId, isSuspended, hasMfa, createdAfter, lastSignInAfter } = filter;
  return {
    groups: present([
      ofRole(q, filter.roleId),
      ofOrganization(q, organizationId, organizationRoleId),
      ofConnector(q, filter.ssoConnectorId),
      isSuspended ? suspended(q) : undefined,
    ]),
    others: present([ofRole(q, filter.excludeRoleId), ofOrganization(q, filter.excludeOrganizationId)]),
    keys: present([
      isSuspended === false ? notSuspended(q) : undefined,
      hasMfa === undefined ? undefined : withFactor(q, hasMfa),
      createdAfter && createdSince(q, createdAfter),
      lastSignInAfter && signedInSince(q, lastSignInAfter),
    ]),
  };
}

const present = <Item>(items: (Item | undefined)[]): Item[] => items.filter((item) => item !== undefined);

/** Whether a user is in the group. */
export const isIn = ({ rows }: Group, id: RawBuilder<unknown>): RawBuilder<boolean> =>
  fragment`exists (select ${rows} and g.user_id = ${id})`;

/** Sums the counts that the triggers on the table maintain. */
export async function countUsers(q: Queries): Promise<number> {
  return (await q.first(sql.selectNoFrom(allUsers(q).as('total'))))?.total ?? 0;
}

export async function countMembers(q: Queries, { count }: Pick<Group, 'count'>): Promise<number> {
  return (await q.first(sql.selectNoFrom(count.as('total'))))?.total ?? 0;
}

const allUsers = (q: Queries) =>
  fragment<number>`(select coalesce(sum(n.users), 0)::bigint from user_counts n where n.tenant_id = ${q.tenantId})`;

function ofRole(q: Queries, roleId: string | undefined): Group | undefined {
  if (roleId === undefined) return undefined;
  const role = fragment`tenant_id = ${q.tenantId} and role_id = ${roleId}`;
  const rows = fragment`from users_roles g where ${role}`;
  const count = fragment<number>`(select coalesce(sum(users), 0)::bigint from role_counts where ${role})`;
  return { rows, count };
}

function ofOrganization(q: Queries, id: string | undefined, roleId?: string): Group | undefined {
  if (id === undefined) return undefined;
  const members = fragment`from organization_users g where g.tenant_id = ${q.tenantId} and g.organization_id = ${id}`;
  const rows =
    roleId === undefined
      ? members
      : fragment`${members} and exists (select from organization_user_roles h where h.tenant_id = g.tenant_id
          and h.organization_id = g.organization_id and h.user_id = g.user_id and h.organization_role_id = ${roleId})`;
  return { rows, count: fragment`(select count(*) ${rows})` };
}

function ofConnector(q: Queries, id: string | undefined): Group | undefined {
  if (id === undefined) return undefined;
  const rows = fragment`from user_sso_identities g where g.tenant_id = ${q.tenantId} and g.sso_connector_id = ${id}`;
  return { rows, count: fragment`(select count(*) ${rows})` };
}

function suspended(q: Queries): Group {
  const users = fragment`from users s where s.tenant_id = ${q.tenantId} and s.is_suspended`;
  const rows = fragment`from (select s.id as user_id, s.created_at as user_created_at ${users}) g where true`;
  return { rows, count: fragment`(select count(*) ${users})` };
}

function notSuspended(q: Queries): KeyCondition {
  return { holds: fragment`not k.is_suspended`, count: fragment`${allUsers(q)} - ${suspended(q).count}` };
}

function withFactor(q: Queries, hasMfa: boolean): KeyCondition {
  const having = fragment<number>`(select coalesce(sum(n.users), 0)::bigint from user_list_counts n
    where n.tenant_id = ${q.tenantId} and n.list = 'mfa')`;
  return { holds: fragment`k.has_mfa = ${hasMfa}`, count: hasMfa ? having : fragment`${allUsers(q)} - ${having}` };
}

const dayOf = (time: Date) => fragment`(${time}::timestamptz at time zone 'UTC')::date`;
const endOf = (day: RawBuilder<unknown>) => fragment`(${day} + 1)::timestamp at time zone 'UTC'`;

/** Whole days are counted already. */
function createdSince(q: Queries, time: Date): KeyCondition {
  const day = dayOf(time);
  return {
    holds: fragment`k.user_created_at >= ${time}`,
    count: fragment`(select coalesce(sum(n.users), 0)::bigint from user_counts n where n.tenant_id = ${q.tenantId} and n.day > ${day})
      + (select count(*) from user_list_keys k where k.tenant_id = ${q.tenantId} and k.user_created_at >= ${time}
        and k.user_created_at < ${endOf(day)})`,
  };
}

function signedInSince(q: Queries, given: Date): KeyCondition {
  // The beginning of 1970 stands for users who have never signed in.
  const time = new Date(Math.max(given.getTime(), 1));
  const day = dayOf(time);
  return {
    holds: fragment`k.signed_in_at >= ${time}`,
    count: fragment`(select coalesce(sum(n.users), 0)::bigint from user_list_counts n
        where n.tenant_id = ${q.tenantId} and n.list = 'signed-in' and n.day > ${day})
      + (select count(*) from user_list_keys k where k.tenant_id = ${q.tenantId} and k.signed_in_at >= ${time}
        and k.signed_in_at < ${endOf(day)})`,
  };
}
