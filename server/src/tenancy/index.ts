/**
 * Tenancy: which tenant a request is for, and the life of tenants. A tenant is a small value that is passed along; it
 * holds no pool, no provider and no cache of its own, so 10,000 idle tenants have no cost.
 *
 * Owns: the tables tenants and tenant_settings, addresses (`address.ts`), creating a tenant with everything it starts
 * with. Does not own: what the starting rows are; features give their part as a `Seed`.
 * Requests enter through `locate` (before routing) and `get` (the value every handler receives).
 */
export type { Tenancy, Tenant } from './service.ts';
