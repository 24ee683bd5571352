import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { listSearch } from '../../patterns/list-search.ts';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const applicationRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./list.tsx'), 'ApplicationList'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications/$id',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/t/$tenant/applications/$id/$tab', params: { ...params, tab: 'settings' }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications/$id/$tab',
    component: lazyRouteComponent(() => import('./detail.tsx'), 'ApplicationDetail'),
  }),
] as const;
