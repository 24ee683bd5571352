import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../../patterns/list-search.ts';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const accountCenterRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'account-center',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./page.tsx'), 'AccountCenterPage'),
  }),
] as const;
