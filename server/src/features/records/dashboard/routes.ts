import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { Dashboard } from './service.ts';

/** `/api/dashboard`. */
export function dashboardRoutes(implement: Implement, dashboard: Dashboard): void {
  implement(contract.getTotalUserCount, async ({ tenant }) => ({ totalUserCount: await dashboard.total(tenant.db) }));
  implement(contract.getNewUserCounts, ({ tenant }) => dashboard.newUsers(tenant.db));
  implement(contract.getActiveUserCounts, ({ tenant, query }) => dashboard.activeUsers(tenant.db, query.date));
}
