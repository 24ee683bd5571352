/**
 * Tenancy: the tenant of each request, and the lifecycle of tenants. A tenant is a small value that is passed along; it
 * has no pool, provider or cache of its own, so 10,000 idle tenants have no cost.
 *
 * Owns the tables tenants and tenant_settings, addresses (`address.ts`), and the creation of a tenant with its initial
 * data. Does not own the initial rows of features, which each feature provides as a `Seed`. Requests enter through
 * `locate` (before routing) and `get` (the value that every handler receives).
 */
export type { Tenancy, Tenant } from './service.ts';
