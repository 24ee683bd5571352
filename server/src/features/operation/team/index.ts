/**
 * The team of a tenant: who may use the Console for it.
 *
 * Owns no table: members are users of the admin tenant whose roles give permissions on the tenant's Management API, and
 * invitations are one-time links (setup). Owns the rules: who may change the team, and that an administrator with full
 * access remains. Requests enter through `routes.ts`; every change is in the tenant's audit log.
 */
export { createTeam, type TeamNeeds } from './service.ts';
