/** Addresses of tenants: pure functions from addresses to tenants and back. */
export interface Addresses {
  /** Public URL without trailing slash; may include a path. */
  endpoint: string;
  /** Separate origin of the admin tenant, without trailing slash. */
  adminEndpoint?: string;
}

export const defaultTenantId = 'default';
/** The default tenant's name until an operator changes it. */
export const defaultTenantName = 'Aldaba';
export const adminTenantId = 'admin';

/** The address data of a request. */
export interface RequestAddress {
  /** The request target, e.g. `/oidc/auth?x=1`. */
  url: string;
  /** The `Host` header. */
  host: string | undefined;
  /** The last `X-Forwarded-Host`, if a trusted proxy sent it. */
  forwardedHost?: string | undefined;
  /** The last `X-Forwarded-Port`, if a trusted proxy sent it. */
  forwardedPort?: string | undefined;
}

/** The tenant of a request, and the path inside it. */
export interface Location {
  /** Undefined if no tenant is served: the admin tenant's path outside its own origin. */
  tenantId: string | undefined;
  /** Path and query below the tenant's base URL; starts with a slash. */
  path: string;
}

const tenantPath = /^\/t\/([a-z0-9][a-z0-9-]{0,20})(?=\/|\?|$)/;

/**
 * Creates the function that finds a request's tenant: the admin origin, otherwise a `/t/<tenant>` prefix, otherwise the
 * default tenant. The endpoint's own path is removed if present: a proxy in front may have removed it already. With an
 * admin origin, the admin tenant is not served under `/t/admin`, so that a proxy can restrict that origin to a private
 * network.
 */
export function createLocator(addresses: Addresses): (address: RequestAddress) => Location {
  const endpointPath = new URL(addresses.endpoint).pathname;
  const adminOrigin = addresses.adminEndpoint === undefined ? undefined : new URL(addresses.adminEndpoint);
  const isAdmin = adminOrigin && createAdminTest(new URL(addresses.endpoint), adminOrigin);
  return (address) => {
    // Clients configured with a trailing slash send `//oidc/…`; an empty first segment is ignored.
    const target = wellKnown(address.url.replace(/^\/{2,}/, '/'));
    if (isAdmin?.(address))
      return { tenantId: adminTenantId, path: tidy(without(target, adminOrigin?.pathname ?? '/')) };
    const path = without(target, endpointPath);
    const match = tenantPath.exec(path);
    if (!match) return { tenantId: defaultTenantId, path: tidy(path) };
    const rest = path.slice(match[0].length);
    const tenantId = match[1] === adminTenantId && adminOrigin ? undefined : match[1];
    return { tenantId, path: tidy(rest.startsWith('/') ? rest.replace(/^\/{2,}/, '/') : `/${rest}`) };
  };
}

/** An issuer configured with a trailing slash results in `/oidc//.well-known/…`. */
const tidy = (path: string): string => path.replace(/^\/oidc\/{2,}/, '/oidc/');

/**
 * RFC 8414 section 3.1 puts the issuer's path behind the well-known part:
 * `/.well-known/oauth-authorization-server/t/acme/oidc` is the document at
 * `/t/acme/oidc/.well-known/oauth-authorization-server`.
 */
const wellKnown = (target: string): string =>
  target.replace(
    /^(\/\.well-known\/(?:oauth-authorization-server|openid-configuration))((?:\/[^?]*)?\/oidc)\/*(?=\?|$)/,
    '$2$1',
  );

/**
 * Distinguishes requests to the admin origin from others. The port counts only if both origins have the same host,
 * because proxies often forward the host without it. `X-Forwarded-Host` counts only if `Host` is neither origin (a
 * proxy that replaces it), because many proxies forward the client's value.
 */
function createAdminTest(endpoint: URL, admin: URL): (address: RequestAddress) => boolean {
  const hosts = [endpoint, admin].map((url) => canonicalHost(url.hostname));
  const isSameHost = hosts[0] === hosts[1];
  const adminPort = portOf(admin);
  return ({ host, forwardedHost, forwardedPort }) => {
    const named = splitHost(host);
    const { name, port } = hosts.includes(named.name) ? named : splitHost(forwardedHost ?? host);
    if (name !== hosts[1]) return false;
    return !isSameHost || (port || forwardedPort || defaultPorts[admin.protocol]) === adminPort;
  };
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const portOf = (url: URL): string | undefined => url.port || defaultPorts[url.protocol];

function splitHost(host = ''): { name: string; port: string } {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host.trim()) ?? [];
  return { name: canonicalHost(name), port };
}

/**
 * The canonical form of a host: lowercase, without the trailing dot of a fully qualified name, IPv6 addresses
 * compressed.
 */
function canonicalHost(name: string): string {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return plain.startsWith('[') && URL.canParse(`http://${plain}`) ? new URL(`http://${plain}`).hostname : plain;
}

function without(target: string, prefix: string): string {
  if (prefix === '/' || !target.startsWith(prefix)) return target;
  const rest = target.slice(prefix.length);
  if (rest === '') return '/';
  if (rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest.replace(/^\/{2,}/, '/') : target;
}

/** Path of the Console below the admin origin, or below the endpoint if there is none. */
export const consolePath = '/console';

/**
 * The address of the Console, without trailing slash. With an admin origin it has no other: on the origin of the
 * tenants, the scripts of their own sign-in pages could take the sign-in of an administrator.
 */
export const consoleUrlOf = ({ endpoint, adminEndpoint }: Addresses): string =>
  `${adminEndpoint ?? endpoint}${consolePath}`;

/** The base URL of a tenant, without trailing slash. */
export function baseUrlOf(addresses: Addresses, tenantId: string): string {
  if (tenantId === defaultTenantId) return addresses.endpoint;
  if (tenantId === adminTenantId && addresses.adminEndpoint) return addresses.adminEndpoint;
  return `${addresses.endpoint}/t/${tenantId}`;
}
