import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import type { Logs } from './service.ts';

/** `/api/logs`. */
export function logRoutes(implement: Implement, logs: Logs): void {
  implement(contract.listLogs, async ({ tenant, query, page }) => {
    const { start_time: from, end_time: to, enableCap, ...filter } = query;
    const { items, total, isCapped } = await logs.list(
      tenant.db,
      { ...filter, from, to, isCapped: enableCap },
      page as Page,
    );
    return new Paged(items, total, isCapped);
  });
  implement(contract.getLog, ({ tenant, params }) => logs.get(tenant.db, params.id));
}
