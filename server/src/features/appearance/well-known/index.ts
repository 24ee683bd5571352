/**
 * Well-known: public information about a tenant: settings for sign-in pages, their phrases, and the OpenAPI documents.
 *
 * Owns no table. Combines the sign-in experience, its connectors and the contract, and leaves out private settings.
 * Requests enter through `routes.ts`.
 */
export { createWellKnown } from './service.ts';
