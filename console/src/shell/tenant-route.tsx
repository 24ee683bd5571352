import { createRootRoute, createRoute } from '@tanstack/react-router';
import { requireAdministrator } from '../session/session.ts';
import { ErrorPage, NotFoundPage } from './error-pages.tsx';
import { Frame } from './frame.tsx';

export const rootRoute = createRootRoute({
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
});

/** Parent of every page of a tenant: `/t/<tenant>/…`. Its context has the signed-in administrator. */
export const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 't/$tenant',
  beforeLoad: async ({ params }) => ({ administrator: await requireAdministrator(params.tenant) }),
  component: Frame,
  notFoundComponent: NotFoundPage,
  // The sign-in failed: there is no frame yet.
  errorComponent: (props) => (
    <main>
      <ErrorPage {...props} />
    </main>
  ),
});
