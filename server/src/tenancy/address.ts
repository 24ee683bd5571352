/** Where tenants live: pure functions from addresses to tenants and back. */
export interface Addresses {
  /** Public URL without trailing slash; may carry a path. */
  endpoint: string;
  /** Separate origin of the admin tenant, without trailing slash. */
  adminEndpoint?: string;
}

export const defaultTenantId = 'default';
export const adminTenantId = 'admin';

/** Resource indicator of a tenant's Management API: one name wherever the tenant lives, as published clients know it. */
export const managementIndicatorOf = (tenantId: string): string => `https://${tenantId}.logto.app/api`;

/** Whether a resource indicator is that of some tenant's Management API. */
export const isManagementIndicator = (indicator: string): boolean =>
  /^https:\/\/[a-z0-9-]+\.logto\.app\/api$/.test(indicator);

/** What a request's address says: the tenant, and the path inside it. */
export interface Location {
  tenantId: string;
  /** Path and query below the tenant's base URL; starts with a slash. */
  path: string;
}

const tenantPath = /^\/t\/([a-z0-9][a-z0-9-]{0,20})(?=\/|\?|$)/;

/**
 * Finds the tenant of a request: the admin origin, else a `/t/<tenant>` prefix, else the default tenant. The endpoint's own
 * path is taken off when it is there: a proxy in front may have done it already.
 *
 * @param host the `Host` header, used only to recognise the admin origin
 * @param url the request target, e.g. `/oidc/auth?x=1`
 */
export function locate(addresses: Addresses, host: string | undefined, url: string): Location {
  // Clients that were configured with a trailing slash send `//oidc/…`; an empty first segment means nothing else here.
  const target = url.replace(/^\/{2,}/, '/');
  if (addresses.adminEndpoint && host === new URL(addresses.adminEndpoint).host) {
    return { tenantId: adminTenantId, path: without(target, new URL(addresses.adminEndpoint).pathname) };
  }
  const path = without(target, new URL(addresses.endpoint).pathname);
  const match = tenantPath.exec(path);
  if (!match) return { tenantId: defaultTenantId, path };
  const rest = path.slice(match[0].length);
  return { tenantId: match[1] as string, path: rest.startsWith('/') ? rest.replace(/^\/{2,}/, '/') : `/${rest}` };
}

function without(target: string, prefix: string): string {
  if (prefix === '/' || !target.startsWith(prefix)) return target;
  const rest = target.slice(prefix.length);
  if (rest === '') return '/';
  if (rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest.replace(/^\/{2,}/, '/') : target;
}

/** The base URL of a tenant, without trailing slash. */
export function baseUrlOf(addresses: Addresses, tenantId: string): string {
  if (tenantId === defaultTenantId) return addresses.endpoint;
  if (tenantId === adminTenantId && addresses.adminEndpoint) return addresses.adminEndpoint;
  return `${addresses.endpoint}/t/${tenantId}`;
}
