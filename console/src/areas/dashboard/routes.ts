import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

/** How the activity of users is shown: the last 30 days as charts, or what the address says. */
interface DashboardSearch {
  days?: 7 | undefined;
  view?: 'table' | undefined;
}

const dashboardSearch = ({ days, view }: Record<string, unknown>): DashboardSearch => ({
  ...(days === 7 && { days }),
  ...(view === 'table' && { view }),
});

export const dashboardRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'dashboard',
    validateSearch: dashboardSearch,
    component: lazyRouteComponent(() => import('./dashboard-page.tsx'), 'DashboardPage'),
  }),
] as const;
