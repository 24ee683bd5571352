import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const securityRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'security',
    component: lazyRouteComponent(() => import('./page.tsx'), 'SecurityPage'),
  }),
] as const;
