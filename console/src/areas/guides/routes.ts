import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';
import { type LibrarySearch, librarySearch } from './library-search.ts';

export const guideRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications/create',
    validateSearch: (search): LibrarySearch => librarySearch(search),
    component: lazyRouteComponent(() => import('./library-page.tsx'), 'LibraryPage'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'applications/guides/$guide',
    component: lazyRouteComponent(() => import('./api-guide-page.tsx'), 'ApiGuidePage'),
  }),
] as const;
