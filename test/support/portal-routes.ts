/** The routes of the portal as the server mounts them. */
import { type PortalPart, portalParts } from '@aldaba/contract';
import { portalRoutes } from '../../server/src/portal/index.ts';

export interface PortalRoute {
  method: 'GET' | 'POST';
  /** Below `/portal`, with the names of its parameters. */
  path: string;
  /** The part that offers it; undefined for pages of every portal. */
  part: PortalPart | undefined;
}

/** Every route: the functions that mount them are called with a server that only notes them. */
export function listPortalRoutes(): PortalRoute[] {
  const routes: PortalRoute[] = [];
  const note =
    (method: PortalRoute['method']) =>
    (url: string): void => {
      const path = url.replace(/^\/portal/, '');
      routes.push({ method, path, part: portalParts.find((part) => part === path.split('/')[1]) });
    };
  const http = { get: note('GET'), post: note('POST') };
  // Mounting reads the methods of the features, and calls none.
  const nothing: object = new Proxy({}, { get: () => nothing });
  portalRoutes(...([http, nothing] as unknown as Parameters<typeof portalRoutes>));
  return routes;
}

/** Fills in the parameters of a path. */
export const portalPathWith = ({ path }: PortalRoute, named: (name: string) => string): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(named(name)));
