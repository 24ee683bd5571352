/**
 * Account center: what people may see and change about themselves.
 *
 * Owns the tenant's setting `account-center`, which the tenancy keeps and caches. Does not own what people change (users).
 * Requests enter at `routes.ts`.
 */
export { type AccountCenters, createAccountCenters } from './service.ts';
