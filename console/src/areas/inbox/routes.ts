import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'inbox',
    validateSearch: ({ message }: Record<string, unknown>): { message?: string } =>
      typeof message === 'string' ? { message } : {},
    component: lazyRouteComponent(() => import('./inbox-page.tsx'), 'InboxPage'),
  }),
] as const;
