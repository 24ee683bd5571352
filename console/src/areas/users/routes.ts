import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { type ListSearch, listSearch } from '../../patterns/list-search.ts';
import { tenantRoute } from '../../shell/tenant-route.tsx';
import { type DaysWithin, daysWithin, type UserOrder, userOrders } from './list-choices.ts';

/** The filters of the list of users. */
interface UserSearch extends ListSearch {
  status?: 'active' | 'suspended';
  /** ID of a role. */
  role?: string;
  /** ID of an organization. */
  organization?: string;
  /** Has a second factor. */
  mfa?: 'yes' | 'no';
  /** Created within so many days. */
  created?: DaysWithin;
  /** Signed in within so many days. */
  active?: DaysWithin;
  sort?: UserOrder;
}

function userSearch(search: Record<string, unknown>): UserSearch {
  const { status, role, organization, mfa } = search;
  const [created, active] = ['created', 'active'].map((name) => daysWithin.find((days) => days === search[name]));
  const sort = userOrders.find((order) => order === search['sort']);
  return {
    ...listSearch(search),
    ...((status === 'active' || status === 'suspended') && { status }),
    ...(typeof role === 'string' && { role }),
    ...(typeof organization === 'string' && { organization }),
    ...((mfa === 'yes' || mfa === 'no') && { mfa }),
    ...(created && { created }),
    ...(active && { active }),
    ...(sort && { sort }),
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
