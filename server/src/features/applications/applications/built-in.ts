import type { Application } from '@aldaba/contract';
import type { Tenant } from '../../../tenancy/index.ts';
import { builtInNames } from './built-in-ids.ts';
import type { Client } from './client.ts';

/*
 * Applications that every tenant has without a row: public clients for Aldaba's own pages, with addresses derived from
 * the tenant's.
 */

export const builtInClient = (tenant: Tenant, id: string): Client => ({
  id,
  name: builtInNames[id] ?? id,
  type: 'SPA',
  isThirdParty: false,
  isAccessLimited: false,
  redirectUris: [`${tenant.baseUrl}/${id}`],
  postLogoutRedirectUris: [`${tenant.baseUrl}/${id}`],
  custom: {},
  customData: {},
  secrets: [],
});

export function builtInApplication(tenant: Tenant, id: string): Application {
  const { name, type, redirectUris, postLogoutRedirectUris } = builtInClient(tenant, id);
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
