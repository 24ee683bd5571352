import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const multiFactorRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'multi-factor',
    component: lazyRouteComponent(() => import('./page.tsx'), 'MultiFactorPage'),
  }),
] as const;
