/** The table of pages: one line an area. Areas load with their first page. */
import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { accountCenterRoutes } from './areas/account-center/routes.ts';
import { applicationRoutes } from './areas/applications/routes.ts';
import { auditLogRoutes } from './areas/audit-logs/routes.ts';
import { connectorRoutes } from './areas/connectors/routes.ts';
import { dashboardRoutes } from './areas/dashboard/routes.ts';
import { guideRoutes } from './areas/guides/routes.ts';
import { inboxRoutes } from './areas/inbox/routes.ts';
import { multiFactorRoutes } from './areas/multi-factor/routes.ts';
import { securityRoutes } from './areas/security/routes.ts';
import { signInExperienceRoutes } from './areas/sign-in-experience/routes.ts';
import { teamRoutes } from './areas/team/routes.ts';
import { userRoutes } from './areas/users/routes.ts';
import { consoleUrl, defaultTenant } from './settings.ts';
import { ErrorPage } from './shell/error-pages.tsx';
import { PendingPage } from './shell/pending-page.tsx';
import { rootRoute, tenantRoute } from './shell/tenant-route.tsx';

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/t/$tenant', params: { tenant: defaultTenant }, replace: true });
  },
});
const homeRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenant/dashboard', params, replace: true });
  },
});

const routeTree = rootRoute.addChildren([
  startRoute,
  tenantRoute.addChildren([
    homeRoute,
    ...dashboardRoutes,
    ...applicationRoutes,
    ...guideRoutes,
    ...connectorRoutes,
    ...inboxRoutes,
    ...signInExperienceRoutes,
    ...multiFactorRoutes,
    ...securityRoutes,
    ...accountCenterRoutes,
    ...userRoutes,
    ...auditLogRoutes,
    ...teamRoutes,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: new URL(consoleUrl).pathname,
  defaultPreload: 'intent',
  // Data is cached by the queries, not by the router.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  defaultPendingComponent: PendingPage,
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
