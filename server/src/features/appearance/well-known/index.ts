/**
 * Well-known: what everybody may read about a tenant: what its sign-in pages need, their words, and the OpenAPI documents.
 *
 * Owns no table. Gathers the sign-in experience, the connectors that it offers, and the contract; decides only which
 * settings are nobody's business. Requests enter at `routes.ts`.
 */
export { createWellKnown, type WellKnown } from './service.ts';
