import { type OrganizationPermission, organizationPermissionOf, type Permission, permissionOf } from './permissions.ts';
import type { RouteContract } from './route.ts';
import * as declared from './routes.ts';

const isRoute = (value: unknown): value is RouteContract =>
  typeof value === 'object' && value !== null && 'operationId' in value && 'responses' in value;

/** Every declared route: the OpenAPI documents and the tests of bad input walk this list. */
export const allRoutes: readonly RouteContract[] = Object.values<unknown>(declared).filter(isRoute);

/** The scopes of every Management API besides `all`, sorted by name: what its routes ask for. */
export const managementScopes: readonly { name: Permission; description: string }[] = [
  ...new Map(
    allRoutes.flatMap((route) => {
      const name = permissionOf(route);
      const verb = name?.startsWith('read:') ? 'Read' : 'Change';
      return name === undefined ? [] : [[name, { name, description: `${verb} ${route.tag.toLowerCase()}.` }]];
    }),
  ).values(),
].sort((a, b) => (a.name < b.name ? -1 : 1));

const permissions: ReadonlySet<string> = new Set(managementScopes.map(({ name }) => name));
export const isPermission = (scope: string): scope is Permission => permissions.has(scope);

/** The built-in set of organization permissions: what the routes of the delegated Management API ask for. */
export const delegatedPermissions: readonly { name: OrganizationPermission; description: string }[] = [
  ...new Map(
    allRoutes.flatMap((route) => {
      const name = organizationPermissionOf(route);
      const [, verb, what] = name?.split(':') ?? [];
      const description = `${verb === 'read' ? 'Read' : 'Change'} the ${what} of the own organization.`;
      return name === undefined ? [] : [[name, { name, description }]];
    }),
  ).values(),
].sort((a, b) => (a.name < b.name ? -1 : 1));
