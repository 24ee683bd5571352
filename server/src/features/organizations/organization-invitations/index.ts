/**
 * Organization invitations: from inviting an email address to the membership of the user who accepts.
 *
 * Owns the tables organization_invitations and organization_invitation_roles. Pending → Accepted, Revoked or, once
 * the deadline has passed, Expired; these three are final. Does not own membership (organizations) or the delivery of
 * messages (connectors). The Management API enters through `routes.ts`.
 */
export { createOrganizationInvitations, type OrganizationInvitations } from './service.ts';
