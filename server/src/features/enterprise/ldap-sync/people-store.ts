import type { Queries, Transaction } from '../../../store/database.ts';
import type { Turn } from './store.ts';

/** What the directory said about a person at last. */
export interface KnownPerson {
  identityId: string;
  userId: string;
  digest: string;
  email: string | null;
  name: string | null;
  hasSuspended: boolean;
}

export const findPeople = (q: Queries, connectorId: string, ids: readonly string[]): Promise<KnownPerson[]> =>
  q.raw(
    `select identity_id as "identityId", user_id as "userId", digest, email, name, has_suspended as "hasSuspended"
     from ldap_people where tenant_id = $1 and connector_id = $2 and identity_id = any($3::text[])`,
    [q.tenantId, connectorId, ids],
  );

/** Notes that the run found these people. */
export const markSeen = (
  tx: Transaction,
  { connectorId, runId, startedAt }: Turn,
  ids: readonly string[],
): Promise<unknown> =>
  tx.raw(
    `update ldap_people set seen_run = $3, seen_at = $5
     where tenant_id = $1 and connector_id = $2 and identity_id = any($4::text[])`,
    [tx.tenantId, connectorId, runId, ids, startedAt],
  );

export const savePerson = (
  tx: Transaction,
  { connectorId, runId, startedAt }: Turn,
  given: Omit<KnownPerson, 'hasSuspended'>,
): Promise<unknown> =>
  tx.raw(
    `insert into ldap_people (tenant_id, connector_id, seen_run, identity_id, user_id, digest, email, name, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, connector_id, identity_id) do update set seen_run = excluded.seen_run,
       seen_at = excluded.seen_at,
       user_id = excluded.user_id, digest = excluded.digest, email = excluded.email, name = excluded.name,
       has_suspended = false`,
    [
      ...[tx.tenantId, connectorId, runId, given.identityId, given.userId, given.digest],
      ...[given.email, given.name, startedAt],
    ],
  );

/** An account that a directory knew, and did not list. */
export interface MissingPerson {
  identityId: string;
  userId: string;
}

/**
 * Identities of the connector, those of people who signed in before the first sync included, without accounts that are
 * suspended already. People who were linked after the run began may be newer than what it read.
 *
 * Subqueries in place of joins: after a first sync, the planner knows nothing of these tables yet, and joined each person
 * with all others.
 */
const missing = `
  from user_sso_identities i
  where i.tenant_id = $1 and i.sso_connector_id = $2 and i.created_at < $4
    and not (select u.is_suspended from users u where u.tenant_id = i.tenant_id and u.id = i.user_id)`;
const isMissing = `
  (select p.seen_run from ldap_people p
    where p.tenant_id = i.tenant_id and p.connector_id = i.sso_connector_id and p.identity_id = i.identity_id)
  is distinct from $3`;

export async function countMissing(
  q: Queries,
  { connectorId, runId, startedAt }: Turn,
): Promise<{ known: number; missing: number }> {
  const [row] = await q.raw<{ known: string; missing: string }>(
    `select count(*) as known, count(*) filter (where ${isMissing}) as missing ${missing}`,
    [q.tenantId, connectorId, runId, startedAt],
  );
  return { known: Number(row?.known ?? 0), missing: Number(row?.missing ?? 0) };
}

export const findMissing = (
  q: Queries,
  { connectorId, runId, startedAt }: Turn,
  after: string,
): Promise<MissingPerson[]> =>
  q.raw(
    `select i.identity_id as "identityId", i.user_id as "userId" ${missing} and ${isMissing} and i.identity_id > $5
     order by i.identity_id limit 100`,
    [q.tenantId, connectorId, runId, startedAt, after],
  );

/** Notes that the sync suspended the account of a person, whom it may not have seen before. */
export const markSuspended = (
  tx: Transaction,
  { connectorId, runId }: Turn,
  { identityId, userId }: MissingPerson,
): Promise<unknown> =>
  tx.raw(
    `insert into ldap_people (tenant_id, connector_id, seen_run, identity_id, user_id, digest, has_suspended)
     values ($1, $2, 'missing in ' || $3, $4, $5, '', true)
     on conflict (tenant_id, connector_id, identity_id) do update set has_suspended = true`,
    [tx.tenantId, connectorId, runId, identityId, userId],
  );

/** Whether the sync suspended the account, also as that of an entry that was deleted and created again. */
export async function hasSuspended(q: Queries, connectorId: string, userId: string): Promise<boolean> {
  const rows = await q.raw(
    'select 1 from ldap_people where tenant_id = $1 and connector_id = $2 and user_id = $3 and has_suspended limit 1',
    [q.tenantId, connectorId, userId],
  );
  return rows.length > 0;
}

/**
 * Whether another directory lists the user, or may: one that could not be read since may still list everyone whom it
 * listed then, and while one is read, the next run here decides.
 */
export async function isListedElsewhere(q: Queries, connectorId: string, userId: string): Promise<boolean> {
  const rows = await q.raw(
    `select 1 from ldap_people p join ldap_syncs s using (tenant_id, connector_id)
     where p.tenant_id = $1 and p.user_id = $3 and p.connector_id <> $2
       and (s.listed_at is null or p.seen_at >= s.listed_at or s.state = 'running') limit 1`,
    [q.tenantId, connectorId, userId],
  );
  return rows.length > 0;
}

/** One change of an account at a time, as with other directories. */
export const lockUser = (tx: Transaction, userId: string): Promise<unknown> =>
  tx.raw('select 1 from users where tenant_id = $1 and id = $2 for update', [tx.tenantId, userId]);
