/**
 * Tokens with which directories call the SCIM server.
 *
 * Owns the table scim_tokens and the routes below `/api/scim/tokens` and `/api/organizations/:id/scim/tokens`. A token
 * belongs to the directory of one organization or of the tenant. Its value is stored as a hash and shown once; after a
 * rotation the previous value works for a while. The SCIM server enters through `authenticate`, the Management API
 * through `routes.ts`.
 */
export { requireDirectoryAccess } from './access.ts';
export { createScimTokens, type ScimTokens } from './service.ts';
