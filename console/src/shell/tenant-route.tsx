import { createRootRoute, createRoute } from '@tanstack/react-router';
import { requireAdministrator } from '../session/session.ts';
import { Frame } from './frame.tsx';

export const rootRoute = createRootRoute();

/** Parent of every page of a tenant: `/t/<tenant>/…`. Its context has the signed-in administrator. */
export const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 't/$tenant',
  beforeLoad: async ({ params }) => ({ administrator: await requireAdministrator(params.tenant) }),
  component: Frame,
});
