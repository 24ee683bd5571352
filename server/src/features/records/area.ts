/** Records: what happened in a tenant, and who is notified of it. */
import type { Implement } from '../../http/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import type { Jobs } from '../../services/jobs/index.ts';
import type { CacheRegistry, Database } from '../../store/index.ts';
import { createDashboard } from './dashboard/index.ts';
import { dashboardRoutes } from './dashboard/routes.ts';
import { createHooks } from './hooks/index.ts';
import { hookRoutes } from './hooks/routes.ts';
import { createLogs } from './logs/index.ts';
import { logRoutes } from './logs/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  log: Log;
  vault: Vault;
  jobs: Jobs;
  /** Requests of webhooks. */
  outbound: Fetch;
  /** Days that the audit log is kept. */
  retentionDays: number;
  /** Whether this process creates and deletes partitions of the audit log. */
  sweeps: boolean;
}

type RecordsArea = ReturnType<typeof createRecordsArea>;

export function createRecordsArea(needs: Needs) {
  const { database, caches, clock, log, vault, jobs, outbound, retentionDays, sweeps } = needs;
  const logs = createLogs({ database, clock, log, retentionDays }, { sweeps });
  const dashboard = createDashboard({ database, clock, log });
  return {
    logs,
    hooks: createHooks({ database, caches, clock, vault, jobs, logs, outbound }),
    dashboard,
    /** Writes what is buffered. */
    async close() {
      await Promise.all([logs.close(), dashboard.close()]);
    },
  };
}

export function mountRecordsArea(implement: Implement, area: RecordsArea): void {
  hookRoutes(implement, area.hooks);
  logRoutes(implement, area.logs);
  dashboardRoutes(implement, area.dashboard);
}
