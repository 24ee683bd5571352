/**
 * Just-in-time membership: who joins an organization by themselves, and the roles they get.
 *
 * Owns the tables organization_jit_email_domains and organization_jit_roles. Does not own membership (organizations), nor
 * how an e-mail address is proved: users say so when they call `provision`, in the transaction that stores the address. Sign-in calls `join` for links of an operator. The
 * Management API enters through `routes.ts`.
 */
export { createOrganizationJit, type OrganizationJit } from './service.ts';
