import type { Application } from '@aldaba/contract';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { accountPageId, builtInName, consoleId } from './built-in-ids.ts';
import type { Client } from './client.ts';

/*
 * Applications that a tenant has without a row: public clients for Aldaba's own pages, with addresses derived from the
 * tenant's. Every tenant has the demo app and the account page; the admin tenant also has the Console.
 */

type Addresses = Pick<Client, 'redirectUris' | 'postLogoutRedirectUris' | 'custom'>;

/** @param consoleUrl address of the Console, without trailing slash */
export function builtInClient(tenant: Tenant, id: string, consoleUrl: string): Client | undefined {
  const name = builtInName(id);
  const addresses = addressesOf(tenant, id, consoleUrl);
  if (name === undefined || !addresses) return undefined;
  return {
    id,
    name,
    type: 'SPA',
    isThirdParty: false,
    isAccessLimited: false,
    customData: {},
    secrets: [],
    ...addresses,
  };
}

function addressesOf(tenant: Tenant, id: string, consoleUrl: string): Addresses | undefined {
  if (id !== consoleId) {
    const pages = [`${tenant.baseUrl}/${id === accountPageId ? 'account' : id}`];
    return { redirectUris: pages, postLogoutRedirectUris: pages, custom: {} };
  }
  if (tenant.id !== adminTenantId) return undefined;
  return {
    // The last one: colleagues who accept an invitation with their account.
    redirectUris: [`${consoleUrl}/callback`, `${consoleUrl}/silent-callback.html`, `${tenant.baseUrl}/setup`],
    postLogoutRedirectUris: [consoleUrl],
    // Refresh tokens that end with the session: an open page stays signed in as long as the administrator is.
    custom: { alwaysIssueRefreshToken: true },
  };
}

export function builtInApplication(tenant: Tenant, client: Client): Application {
  const { id, name, type, redirectUris, postLogoutRedirectUris } = client;
  return {
    tenantId: tenant.id,
    id,
    name,
    description: null,
    type,
    oidcClientMetadata: { redirectUris, postLogoutRedirectUris },
    customClientMetadata: {},
    protectedAppMetadata: null,
    customData: {},
    isThirdParty: false,
    appLevelAccessControlEnabled: false,
    createdAt: 0,
  };
}
