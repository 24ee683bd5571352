import type { LdapSync, LdapSyncCounts, LdapSyncRun } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';

interface Row {
  connector_id: string;
  is_enabled: boolean;
  creates_users: boolean;
  interval_minutes: number;
  maximum_missing_percent: number;
  next_run_at: Date;
  running_until: Date | null;
  state: LdapSyncRun['state'] | null;
  started_at: Date | null;
  finished_at: Date | null;
  counts: LdapSyncCounts;
  problem: LdapSyncRun['problem'];
  failures: LdapSyncRun['failures'];
  last_success_at: Date | null;
  failed_runs: number;
}

const toRun = (row: Row): LdapSyncRun | null => {
  const { state, started_at: started, finished_at: finished } = row;
  if (state === null || started === null) return null;
  return {
    state,
    startedAt: started.getTime(),
    finishedAt: finished?.getTime() ?? null,
    duration: finished ? finished.getTime() - started.getTime() : null,
    ...{ counts: row.counts, problem: row.problem, failures: row.failures },
  };
};

export async function findSync(q: Queries, connectorId: string): Promise<LdapSync | undefined> {
  const [row] = await q.raw<Row>('select * from ldap_syncs where tenant_id = $1 and connector_id = $2', [
    q.tenantId,
    connectorId,
  ]);
  return (
    row && {
      connectorId,
      enabled: row.is_enabled,
      intervalMinutes: row.interval_minutes,
      createsUsers: row.creates_users,
      maximumMissingPercent: row.maximum_missing_percent,
      nextRunAt: row.next_run_at.getTime(),
      lastRun: toRun(row),
      lastSuccessAt: row.last_success_at?.getTime() ?? null,
      failedRuns: row.failed_runs,
    }
  );
}

type Settings = Pick<LdapSync, 'enabled' | 'intervalMinutes' | 'createsUsers' | 'maximumMissingPercent'>;

export const upsertSync = (q: Queries, connectorId: string, given: Settings & { now: Date }): Promise<unknown> =>
  q.raw(
    `insert into ldap_syncs as s
       (tenant_id, connector_id, is_enabled, interval_minutes, creates_users, maximum_missing_percent, next_run_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, connector_id) do update set is_enabled = excluded.is_enabled,
       interval_minutes = excluded.interval_minutes, creates_users = excluded.creates_users,
       maximum_missing_percent = excluded.maximum_missing_percent,
       next_run_at = least(s.next_run_at, excluded.next_run_at + make_interval(mins => excluded.interval_minutes))`,
    [
      ...[q.tenantId, connectorId, given.enabled, given.intervalMinutes, given.createsUsers],
      ...[given.maximumMissingPercent, given.now],
    ],
  );

export async function deleteSync(q: Queries, connectorId: string): Promise<number> {
  const rows = await q.raw('delete from ldap_syncs where tenant_id = $1 and connector_id = $2 returning 1', [
    q.tenantId,
    connectorId,
  ]);
  return rows.length;
}

/** Syncs of all tenants that are due, the longest ago first. */
export const findDue = (system: Queries, now: Date): Promise<{ tenantId: string; connectorId: string }[]> =>
  system.raw(
    `select tenant_id as "tenantId", connector_id as "connectorId" from ldap_syncs
     where is_enabled and next_run_at <= $1 order by next_run_at limit 100`,
    [now],
  );

/** Puts the next run off; returns whether it was due, which is true for one of several callers. */
export async function schedule(tx: Transaction, connectorId: string, now: Date): Promise<boolean> {
  const rows = await tx.raw(
    `update ldap_syncs set next_run_at = $3 + make_interval(mins => interval_minutes)
     where tenant_id = $1 and connector_id = $2 and is_enabled and next_run_at <= $3 returning 1`,
    [tx.tenantId, connectorId, now],
  );
  return rows.length > 0;
}

export interface Turn {
  connectorId: string;
  runId: string;
  startedAt: Date;
}

/** The run has to end: another one has the turn, or the server stops. */
export class Interruption extends Error {}

/** Takes the turn, unless another run has it `until` then. Undefined if there is no such sync. */
export async function takeTurn(
  q: Queries,
  { connectorId, runId, startedAt }: Turn,
  { until, counts }: { until: Date; counts: LdapSyncCounts },
): Promise<{ knownReferrals: number | null } | { until: Date } | undefined> {
  const [taken] = await q.raw<{ knownReferrals: number | null }>(
    `update ldap_syncs set run_id = $3, running_until = $5, state = 'running', started_at = $4, finished_at = null,
       counts = $6::jsonb, problem = null, failures = '[]'
     where tenant_id = $1 and connector_id = $2 and (running_until is null or running_until < $4)
     returning known_referrals as "knownReferrals"`,
    [q.tenantId, connectorId, runId, startedAt, until, JSON.stringify(counts)],
  );
  if (taken) return taken;
  const [other] = await q.raw<{ until: Date | null }>(
    'select running_until as until from ldap_syncs where tenant_id = $1 and connector_id = $2',
    [q.tenantId, connectorId],
  );
  // The other run may have ended since.
  return other && { until: other.until ?? startedAt };
}

/**
 * Holds the turn to the end of the transaction: what a run changes, it changes while no other run does. A process that
 * was stopped for longer than the turn lasts does not know yet that it has lost it. @throws Interruption
 */
export async function holdTurn(tx: Transaction, { connectorId, runId }: Turn): Promise<void> {
  const rows = await tx.raw(
    `select 1 from ldap_syncs
     where tenant_id = $1 and connector_id = $2 and run_id = $3 and state = 'running' for share`,
    [tx.tenantId, connectorId, runId],
  );
  if (rows.length === 0) throw new Interruption('Another run has the turn');
}

/** Keeps the turn, and shows how far the run is. Returns false if it was lost. */
export async function keepTurn(
  q: Queries,
  { connectorId, runId }: Turn,
  { until, counts }: { until: Date; counts: LdapSyncCounts },
): Promise<boolean> {
  const rows = await q.raw(
    `update ldap_syncs set running_until = $4, counts = $5::jsonb
     where tenant_id = $1 and connector_id = $2 and run_id = $3 and state = 'running' returning 1`,
    [q.tenantId, connectorId, runId, until, JSON.stringify(counts)],
  );
  return rows.length > 0;
}

/**
 * Ends the turn. @param given `retries`: the directory may answer soon, so the next run is after 1 minute, 2, 4 and so
 * on, and never later than it would be otherwise
 */
export const endTurn = (
  q: Queries,
  { connectorId, runId }: Turn,
  given: Pick<LdapSyncRun, 'state' | 'counts' | 'problem' | 'failures'> & { now: Date; retries: boolean },
): Promise<unknown> =>
  q.raw(
    `update ldap_syncs set state = $4, counts = $5::jsonb, problem = $6::jsonb, failures = $7::jsonb,
       finished_at = $8, running_until = null,
       last_success_at = case when $4 = 'succeeded' then $8 else last_success_at end,
       known_referrals = case when $4 = 'succeeded' then ($5::jsonb->>'referrals')::integer else known_referrals end,
       listed_at = case when $4 in ('succeeded', 'refused') then started_at else listed_at end,
       failed_runs = case $4 when 'failed' then failed_runs + 1 when 'interrupted' then failed_runs else 0 end,
       next_run_at = case when $9
         then least(next_run_at, $8 + make_interval(mins => (2 ^ least(failed_runs, 20))::integer))
         else next_run_at end
     where tenant_id = $1 and connector_id = $2 and run_id = $3`,
    [
      ...[q.tenantId, connectorId, runId, given.state, JSON.stringify(given.counts)],
      ...[given.problem && JSON.stringify(given.problem), JSON.stringify(given.failures), given.now, given.retries],
    ],
  );
