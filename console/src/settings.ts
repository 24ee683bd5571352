interface Settings {
  /** Base URL of the default tenant. */
  endpoint: string;
  /** Base URL of the admin tenant, in which administrators sign in. */
  adminUrl: string;
  /** The Console's application in the admin tenant. */
  clientId: string;
  /** Permissions of the Management API, which tokens are requested with. */
  permissions: string[];
}

/** What the server wrote into the page. */
export const settings: Settings = JSON.parse(
  document.querySelector<HTMLMetaElement>('meta[name="aldaba-console"]')?.content ?? '{}',
);

/** Address of the Console without trailing slash. */
export const consoleUrl = new URL('.', document.baseURI).href.replace(/\/$/, '');

export const defaultTenant = 'default';

/** Base URL of a tenant, without trailing slash. */
export const baseUrlOf = (tenant: string): string =>
  tenant === defaultTenant ? settings.endpoint : `${settings.endpoint}/t/${tenant}`;

/** The page where administrators change their own account. */
export const ownAccountUrl = `${settings.adminUrl}/account`;

/** Resource indicator of a tenant's Management API. */
export const managementApiOf = (tenant: string): string => `https://${tenant}.logto.app/api`;
