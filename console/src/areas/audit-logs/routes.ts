import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';
import { logSearch } from './log-search.ts';

export const auditLogRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'audit-logs',
    validateSearch: logSearch,
    component: lazyRouteComponent(() => import('./list.tsx'), 'AuditLogs'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'audit-logs/$id',
    component: lazyRouteComponent(() => import('./detail.tsx'), 'AuditLogEntry'),
  }),
] as const;
