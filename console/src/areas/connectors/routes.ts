import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { tenantRoute } from '../../shell/tenant-route.tsx';

/** The connector that is being added has its id from the start, because providers ask for its redirect URI first. */
const newConnectorId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join('');

export const connectorRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'connectors',
    component: lazyRouteComponent(() => import('./list.tsx'), 'ConnectorList'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'connectors/new/$kindId',
    validateSearch: (search: Record<string, unknown>): { id?: string } => {
      const id = String(search['id'] ?? '');
      return /^[a-z0-9]{12,21}$/i.test(id) ? { id } : {};
    },
    beforeLoad: ({ params, search }) => {
      if (search.id) return;
      throw redirect({
        to: '/t/$tenant/connectors/new/$kindId',
        params,
        search: { id: newConnectorId() },
        replace: true,
      });
    },
    component: lazyRouteComponent(() => import('./add.tsx'), 'AddConnector'),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'connectors/$id',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/t/$tenant/connectors/$id/$tab', params: { ...params, tab: 'settings' }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: 'connectors/$id/$tab',
    component: lazyRouteComponent(() => import('./detail.tsx'), 'ConnectorDetail'),
  }),
] as const;
