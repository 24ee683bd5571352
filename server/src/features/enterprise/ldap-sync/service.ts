import type { BodyOf, LdapSync, LdapSyncRun, runLdapSync, setLdapSync } from '@aldaba/contract';
import { z } from 'zod';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Job, JobOutcome, JobQueue, Jobs } from '../../../services/jobs/index.ts';
import { LdapError, type LdapReason } from '../../../services/ldap/index.ts';
import type { Database } from '../../../store/index.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import type { SsoConnectors } from '../sso-connectors/index.ts';
import { type AccountsNeeds, createAccounts } from './accounts.ts';
import { noCounts, type RunGiven, runSync } from './run.ts';
import * as store from './store.ts';

export interface LdapSyncNeeds extends AccountsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
  logs: Audit;
  jobs: Pick<Jobs, 'enqueue' | 'work'>;
  tenancy: Pick<Tenancy, 'get'>;
  ssoConnectors: Pick<SsoConnectors, 'get' | 'directory'>;
}

export interface LdapSyncs {
  /** @throws AldabaError `entity.not_found`, `single_sign_on.ldap_only` */
  get: (tenant: Tenant, connectorId: string) => Promise<LdapSync>;
  set: (tenant: Tenant, connectorId: string, settings: BodyOf<typeof setLdapSync>) => Promise<LdapSync>;
  remove: (tenant: Tenant, connectorId: string) => Promise<void>;
  /** Runs it soon. @throws AldabaError as `get`, `single_sign_on.sync_running` */
  run: (tenant: Tenant, connectorId: string, options: BodyOf<typeof runLdapSync>) => Promise<LdapSync>;
  /** Enqueues the runs that are due. Returns their number. */
  startDue: (now: number) => Promise<number>;
}

const payload = z.object({ connectorId: z.string(), maximumMissing: z.number().optional() });
type Payload = z.output<typeof payload>;
const queue: JobQueue<Payload> = { name: 'ldap-syncs', payload };

/** Milliseconds that a run keeps the turn, and between two notes that it goes on. */
const turnLife = 90_000;
const turnInterval = 15_000;
/** Directories that a node reads at a time. */
const concurrency = 4;

export function createLdapSyncs(needs: LdapSyncNeeds): LdapSyncs {
  const { clock, database, jobs, ssoConnectors, tenancy } = needs;
  const require = async (tenant: Tenant, connectorId: string): Promise<LdapSync> => {
    await requireLdap(tenant, connectorId);
    const sync = await store.findSync(tenant.db, connectorId);
    if (!sync) throw new AldabaError('entity.not_found');
    return sync;
  };
  const requireLdap = async (tenant: Tenant, connectorId: string) => {
    const { providerType } = await ssoConnectors.get(tenant, connectorId);
    if (providerType !== 'ldap') throw new AldabaError('single_sign_on.ldap_only');
  };
  const perform = createPerform(needs);
  jobs.work(queue, {
    concurrency,
    run: async ({ tenantId, payload: given }: Job<Payload>, stop, hold) =>
      perform(await tenancy.get(tenantId), given, { stop, hold }),
  });
  return {
    get: require,
    async set(tenant, connectorId, settings) {
      await requireLdap(tenant, connectorId);
      await store.upsertSync(tenant.db, connectorId, { ...settings, now: new Date(clock.now()) });
      return require(tenant, connectorId);
    },
    async remove(tenant, connectorId) {
      await requireLdap(tenant, connectorId);
      if ((await store.deleteSync(tenant.db, connectorId)) === 0) throw new AldabaError('entity.not_found');
    },
    async run(tenant, connectorId, { maximumMissing }) {
      const { lastRun } = await require(tenant, connectorId);
      if (lastRun?.state === 'running') throw new AldabaError('single_sign_on.sync_running');
      const given = { connectorId, ...(maximumMissing === undefined ? {} : { maximumMissing }) };
      await tenant.db.transaction((tx) => jobs.enqueue(tx, queue, [{ destination: connectorId, payload: given }]));
      return require(tenant, connectorId);
    },
    async startDue(now) {
      let started = 0;
      for (const { tenantId, connectorId } of await store.findDue(database.system, new Date(now)))
        await database.tenant(tenantId).transaction(async (tx) => {
          if (!(await store.schedule(tx, connectorId, new Date(now)))) return;
          await jobs.enqueue(tx, queue, [{ destination: connectorId, payload: { connectorId } }]);
          started += 1;
        });
      return started;
    },
  };
}

function createPerform(needs: LdapSyncNeeds) {
  const { clock, log, logs, ssoConnectors } = needs;
  const accounts = createAccounts(needs);
  const now = () => new Date(clock.now());
  return async (
    tenant: Tenant,
    { connectorId, maximumMissing }: Payload,
    { stop, hold }: { stop: AbortSignal; hold: () => Promise<void> },
  ): Promise<JobOutcome<Payload>> => {
    const { id: tenantId, db: q } = tenant;
    const turn = { connectorId, runId: standardId(), startedAt: now() };
    const counts = { ...noCounts };
    const failures: LdapSyncRun['failures'] = [];
    const until = () => new Date(clock.now() + turnLife);
    const taken = await store.takeTurn(q, turn, { until: until(), counts });
    // The other one may have died without giving the turn back.
    if (taken && 'until' in taken) return { retryAfter: Math.max(1000, taken.until.getTime() - clock.now()) };
    const settings = await store.findSync(q, connectorId);
    if (!taken || !settings) return undefined;
    let interruption: string | undefined;
    const keep = async () => {
      await hold();
      if (!(await store.keepTurn(q, turn, { until: until(), counts }))) interruption ??= 'Another run has the turn';
    };
    const timer = setInterval(() => {
      keep().catch((error: unknown) => log.warn({ err: error, connectorId }, 'The turn of a sync could not be kept'));
    }, turnInterval);
    const given: Omit<RunGiven, 'directory'> = {
      ...{ q, turn, counts, failures, creates: settings.createsUsers },
      allowedMissing:
        maximumMissing === undefined ? { percent: settings.maximumMissingPercent } : { count: maximumMissing },
      knownReferrals: taken.knownReferrals,
      checkTurn() {
        if (stop.aborted) interruption ??= 'The server stopped';
        if (interruption) throw new store.Interruption(interruption);
      },
    };
    const note = (key: 'Create' | 'Update' | 'Suspend' | 'Restore', userId: string) =>
      logs.write(tenantId, { key: `Ldap.User.${key}`, result: 'Success', userId, params: { connectorId } });
    const end = endingOf(log, connectorId);
    const ending = await (async () => {
      const directory = await ssoConnectors.directory(tenant, connectorId);
      if (!directory) return { state: 'failed', problem: notConfigured } as const;
      const problem = await runSync({ accounts, log, note }, { ...given, directory });
      return { state: problem ? 'refused' : 'succeeded', problem } as const;
    })()
      .catch(end)
      .finally(() => clearInterval(timer));
    const retries = ending.state === 'failed' && passing.has(ending.problem?.reason ?? '');
    await store.endTurn(q, turn, { ...ending, counts, failures, now: now(), retries });
    const result = ending.state === 'succeeded' ? 'Success' : 'Error';
    logs.write(tenantId, { key: 'Ldap.Sync', result, params: { connectorId, ...counts, ...(ending.problem ?? {}) } });
    return ending.state === 'interrupted' ? { retryAfter: 1000 } : undefined;
  };
}

/**
 * Failures after which a directory may answer soon. Not those of the account: repeated wrong passwords could lock it.
 */
const passing: ReadonlySet<string> = new Set<LdapReason>(['unreachable', 'time', 'broken', 'busy']);

const notConfigured = { reason: 'not-configured', message: 'The connector has no configuration' };

/** How a run ends that threw. What is not about the directory is a defect, and is reported as one. */
const endingOf =
  (log: Log, connectorId: string) =>
  (error: unknown): Pick<LdapSyncRun, 'state' | 'problem'> => {
    if (error instanceof store.Interruption)
      return { state: 'interrupted', problem: { reason: 'interrupted', message: error.message } };
    if (error instanceof LdapError) {
      log.warn({ connectorId, reason: error.reason, resultCode: error.resultCode }, 'A directory could not be read');
      return { state: 'failed', problem: { reason: error.reason, message: error.message } };
    }
    log.error({ err: error, connectorId }, 'A sync failed in an unforeseen way');
    return { state: 'failed', problem: { reason: 'internal', message: 'The server has an error. See its log' } };
  };
