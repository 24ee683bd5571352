/** A scope of the Management API besides `all`, which covers every one: `read:` or `write:` and a group of routes. */
export type Permission = `${'read' | 'write'}:${string}`;

/** The scope that covers every permission of the Management API. */
export const fullAccess = 'all';

/** What permissions follow from. */
interface Declared {
  readonly access: string;
  readonly method: string;
  readonly tag: string;
}

/**
 * The permission of a route: `read:` for GET, otherwise `write:`, and its tag in lowercase with hyphens, such as
 * `read:audit-logs`. Only routes of the Management API have one.
 */
export function permissionOf({ access, method, tag }: Declared): Permission | undefined {
  if (access !== 'management') return undefined;
  return `${method === 'GET' ? 'read' : 'write'}:${tag.toLowerCase().replaceAll(' ', '-')}`;
}

/** An organization permission of the delegated Management API. Only roles that an operator gives it to have it. */
export type OrganizationPermission = `aldaba:${Permission}`;

/** The permission of a route of the delegated Management API: `aldaba:read:members` for GET of `Delegated members`. */
export function organizationPermissionOf({ access, method, tag }: Declared): OrganizationPermission | undefined {
  if (access !== 'organization') return undefined;
  return `aldaba:${method === 'GET' ? 'read' : 'write'}:${tag.toLowerCase().replace('delegated ', '')}`;
}
