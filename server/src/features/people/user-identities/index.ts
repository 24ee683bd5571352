/**
 * Identities of users at social providers, as operators see and change them.
 *
 * Owns the routes below `/api/users/:userId/identities` and the related lists. Does not own the table user_identities
 * (users) or requests to providers (connectors). The Management API enters through `routes.ts`.
 */
export { createUserIdentities } from './service.ts';
