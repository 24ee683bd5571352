import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

export const signInExperienceRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'sign-in-experience',
    beforeLoad: ({ params }) => {
      throw redirect({
        to: '/t/$tenant/sign-in-experience/$tab',
        params: { ...params, tab: 'methods' },
        replace: true,
      });
    },
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'sign-in-experience/$tab',
    component: lazyRouteComponent(() => import('./page.tsx'), 'SignInExperiencePage'),
  }),
] as const;
