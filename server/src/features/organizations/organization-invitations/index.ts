/**
 * Organization invitations: from the invitation of an e-mail address to the membership of who accepts it.
 *
 * Owns the tables organization_invitations and organization_invitation_roles. Pending → Accepted, Revoked or, when its time is
 * over, Expired; nothing leads back. Does not own membership (organizations) nor how messages leave (connectors). The
 * Management API enters through `routes.ts`.
 */
export { createOrganizationInvitations, type OrganizationInvitations } from './service.ts';
