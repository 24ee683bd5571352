/** The domain in the indicators of every Management API. It names, and is not an address. */
const domain = 'logto.app';

/** Resource indicator of a tenant's Management API: the same on every installation, as published clients expect. */
export const managementIndicatorOf = (tenantId: string): string => `https://${tenantId}.${domain}/api`;

/** The same of all tenants, as a regular expression of PostgreSQL. */
export const managementIndicators = `^https://[a-z0-9-]+\\.${domain.replace('.', '\\.')}/api$`;

/** Whether a resource indicator is that of some tenant's Management API. */
export const isManagementIndicator = (indicator: string): boolean =>
  managementIndicatorOf(/^https:\/\/([a-z0-9-]+)\./.exec(indicator)?.[1] ?? '') === indicator;

/** Resource indicator of `/me`, where administrators change their own account: of the admin tenant alone. */
export const meIndicator = `https://admin.${domain}/me`;

/**
 * Whether an indicator is, or could be mistaken for, that of some tenant's Management API or of `/me`: with another
 * case, scheme, port, query, trailing slashes or another spelling of the same path.
 */
export function resemblesOwnIndicator(indicator: string): boolean {
  if (!URL.canParse(indicator)) return false;
  const { hostname, pathname } = new URL(indicator);
  const path = `/${decoded(pathname).toLowerCase().split('/').filter(Boolean).join('/')}`;
  const [tenantId, ...rest] = hostname.toLowerCase().replace(/\.$/, '').split('.');
  return /^[a-z0-9-]+$/.test(tenantId ?? '') && rest.join('.') === domain && ['/api', '/me'].includes(path);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
