import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { type ListSearch, listSearch } from '../../patterns/list-search.ts';
import { tenantRoute } from '../../shell/tenant-route.tsx';

/** The filters of the list of users. */
interface UserSearch extends ListSearch {
  status?: 'active' | 'suspended';
  /** ID of a role. */
  role?: string;
}

function userSearch(search: Record<string, unknown>): UserSearch {
  const { status, role } = search;
  return {
    ...listSearch(search),
    ...((status === 'active' || status === 'suspended') && { status }),
    ...(typeof role === 'string' && { role }),
  };
}

export const userRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'users',
    validateSearch: userSearch,
    component: lazyRouteComponent(() => import('./list.tsx'), 'UserList'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'users/$id',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/t/$tenant/users/$id/$tab', params: { ...params, tab: 'profile' }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'users/$id/$tab',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./detail.tsx'), 'UserDetail'),
  }),
] as const;
