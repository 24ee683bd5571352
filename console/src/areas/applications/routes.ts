import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const applicationRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications',
    component: lazyRouteComponent(() => import('./list-page.tsx')),
  }),
] as const;
