import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { type ListSearch, listSearch } from '../../patterns/list-search.ts';
import { tenantRoute } from '../../shell/tenant-route.tsx';
import { type CreatedWithin, createdWithin } from './created-within.ts';

/** The filters of the list of users. */
interface UserSearch extends ListSearch {
  status?: 'active' | 'suspended';
  /** ID of a role. */
  role?: string;
  /** ID of an organization. */
  organization?: string;
  /** Created within so many days. */
  created?: CreatedWithin;
}

function userSearch(search: Record<string, unknown>): UserSearch {
  const { status, role, organization } = search;
  const created = createdWithin.find((days) => days === search['created']);
  return {
    ...listSearch(search),
    ...((status === 'active' || status === 'suspended') && { status }),
    ...(typeof role === 'string' && { role }),
    ...(typeof organization === 'string' && { organization }),
    ...(created && { created }),
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
