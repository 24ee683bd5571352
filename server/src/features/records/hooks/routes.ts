import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import type { Hooks } from './service.ts';

/** `/api/hooks`. */
export function hookRoutes(implement: Implement, hooks: Hooks): void {
  implement(contract.listHooks, async ({ tenant, query, page }) => {
    const { items, total } = await hooks.list(tenant.db, page);
    return new Paged(query.includeExecutionStats ? await hooks.withStats(tenant.db, items) : items, total);
  });
  implement(contract.createHook, ({ tenant, body }) => hooks.create(tenant.db, body));
  implement(contract.getHook, async ({ tenant, params, query }) => {
    const hook = await hooks.get(tenant.db, params.id);
    const [counted] = query.includeExecutionStats ? await hooks.withStats(tenant.db, [hook]) : [];
    return counted ?? hook;
  });
  implement(contract.updateHook, ({ tenant, params, body }) => hooks.update(tenant.db, params.id, body));
  implement(contract.deleteHook, ({ tenant, params }) => hooks.remove(tenant.db, params.id));
  implement(contract.updateHookSigningKey, ({ tenant, params }) => hooks.renewSigningKey(tenant.db, params.id));
  implement(contract.testHook, ({ tenant, params, body }) => hooks.test(tenant.db, params.id, body));
  implement(contract.listHookRecentLogs, async ({ tenant, params, query, page }) => {
    const { start_time: from, end_time: to, enableCap, logKey, result } = query;
    const filter = { logKey, result, from, to, isCapped: enableCap };
    const { items, total, isCapped } = await hooks.recentLogs(tenant.db, params.id, filter, page as Page);
    return new Paged(items, total, isCapped);
  });
}
