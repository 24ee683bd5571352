/**
 * Just-in-time membership: which users join an organization automatically, and the roles they get.
 *
 * Owns the tables organization_jit_email_domains and organization_jit_roles. Does not own membership (organizations) or
 * the verification of email addresses: users announces `user-email.verified` in the transaction that stores the
 * address. Sign-in calls `join` for an operator's links. The Management API enters through `routes.ts`.
 */
export { createOrganizationJit, type OrganizationJit } from './service.ts';
