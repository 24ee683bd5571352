/**
 * Account center: what users may see and change about themselves.
 *
 * Owns the tenant's setting `account-center`, which tenancy stores and caches. Does not own the user's data (users).
 * Requests enter through `routes.ts`.
 */
export { type AccountCenters, createAccountCenters } from './service.ts';
