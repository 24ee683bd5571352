import { z } from 'zod';
import { route } from './route.ts';

/** A tenant that the caller may manage. */
export const managedTenantSchema = z.object({
  id: z.string(),
  name: z.string(),
  endpoint: z.url().describe('Base URL of the tenant.'),
  apiIndicator: z.url().describe('Resource indicator of its Management API, which tokens are requested for.'),
  scopes: z
    .array(z.string())
    .describe('Permissions that a token of the caller for its Management API can have; `all` covers every one.'),
});
export type ManagedTenant = z.output<typeof managedTenantSchema>;

export const listManagedTenants = route({
  method: 'GET',
  path: '/api/tenants',
  operationId: 'ListTenants',
  tag: 'Systems',
  access: 'management',
  summary: 'List the tenants that the caller may manage: with a token of the admin tenant those of its roles',
  responses: { 200: z.array(managedTenantSchema) },
});
