/**
 * Identities of users at social providers, as operators see and change them.
 *
 * Owns the routes below `/api/users/:userId/identities` and the lists beside them. Does not own the table user_identities (users)
 * nor what a provider is asked (connectors). The Management API enters through `routes.ts`.
 */
export { createUserIdentities, type UserIdentities } from './service.ts';
