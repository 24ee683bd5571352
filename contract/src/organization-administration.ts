import { z } from 'zod';
import { auditKeys } from './audit-keys.ts';
import { organizationInvitationSchema } from './organization-invitations.ts';
import { heldOrganizationRoleSchema, organizationRoleSchema } from './organization-roles.ts';
import { route } from './route.ts';
import { emailSchema } from './users.ts';
import { containsQuery, idList, instant, languageTag, pathId, webUrl } from './values.ts';

/*
 * The delegated Management API: what a member of an organization with the permissions of the built-in set may do in
 * that organization, with an organization token. The permission follows from the tag and the method.
 */

/** What administrators of an organization see of a member: less than the operator. */
export const delegatedMemberSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  username: z.string().nullable(),
  primaryEmail: z.string().nullable(),
  avatar: z.string().nullable(),
  isSuspended: z.boolean(),
  organizationRoles: z.array(heldOrganizationRoleSchema),
});
export type DelegatedMember = z.output<typeof delegatedMemberSchema>;

export const delegatedRoleSchema = organizationRoleSchema.pick({ id: true, name: true, description: true }).extend({
  isAssignable: z.boolean().describe('Whether the caller has every permission of the role, and may assign it.'),
});
export type DelegatedRole = z.output<typeof delegatedRoleSchema>;

/** What administrators of an organization read of its audit log: addresses of networks stay with the operator. */
export const delegatedLogSchema = z.object({
  id: z.string(),
  key: z.enum(auditKeys),
  result: z.enum(['Success', 'Error']),
  createdAt: instant,
  source: z.enum(['portal', 'directory', 'operator', 'member', 'system']).describe('Where the change was made.'),
  actor: z.object({ id: z.string(), name: z.string() }).nullable().describe('The member who made it.'),
  subject: z.string().nullable().describe('The name of what was changed: a domain, a member, a group, a token.'),
  roles: z.array(z.string()).describe('The names of the roles after the change.'),
});
export type DelegatedLog = z.output<typeof delegatedLogSchema>;

const access = 'organization';
const members = 'Delegated members';
const invitations = 'Delegated invitations';
const roles = 'Delegated roles';
const params = z.object({ id: pathId });
const ofMember = params.extend({ userId: pathId });
const ofInvitation = params.extend({ invitationId: pathId });
const memberErrors = ['organization.require_membership', 'organization.exceeds_own_rights'] as const;
const roleErrors = ['entity.relation_foreign_key_not_found', 'entity.db_constraint_violated'] as const;
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;

export const listDelegatedMembers = route({
  method: 'GET',
  path: '/api/organizations/:id/members',
  operationId: 'ListDelegatedMembers',
  tag: members,
  access,
  summary: 'List the members of the organization with their roles in it',
  params,
  query: containsQuery,
  pagination: 'required',
  responses: { 200: z.array(delegatedMemberSchema) },
});
export const getDelegatedMember = route({
  method: 'GET',
  path: '/api/organizations/:id/members/:userId',
  operationId: 'GetDelegatedMember',
  tag: members,
  access,
  summary: 'Get a member of the organization',
  params: ofMember,
  responses: { 200: delegatedMemberSchema },
  errors: ['organization.require_membership'],
});
export const removeDelegatedMember = route({
  method: 'DELETE',
  path: '/api/organizations/:id/members/:userId',
  operationId: 'RemoveDelegatedMember',
  tag: members,
  access,
  summary: 'Remove a member from the organization; the account is kept',
  params: ofMember,
  responses: { 204: null },
  errors: [...memberErrors, 'organization.own_membership'],
});

export const listDelegatedRoles = route({
  method: 'GET',
  path: '/api/organizations/:id/roles',
  operationId: 'ListDelegatedRoles',
  tag: roles,
  access,
  summary: 'List the roles of users, and which of them the caller may assign',
  params,
  responses: { 200: z.array(delegatedRoleSchema) },
});
export const replaceDelegatedMemberRoles = route({
  method: 'PUT',
  path: '/api/organizations/:id/members/:userId/roles',
  operationId: 'ReplaceDelegatedMemberRoles',
  tag: roles,
  access,
  summary: 'Set the roles of another member',
  params: ofMember,
  body: z.object({ organizationRoleIds: idList }),
  responses: { 200: delegatedMemberSchema },
  errors: [...memberErrors, 'organization.own_membership', ...roleErrors],
  statuses,
});

export const listDelegatedInvitations = route({
  method: 'GET',
  path: '/api/organizations/:id/invitations',
  operationId: 'ListDelegatedInvitations',
  tag: invitations,
  access,
  summary: 'List the invitations to the organization, newest first',
  params,
  responses: { 200: z.array(organizationInvitationSchema) },
});
export const createDelegatedInvitation = route({
  method: 'POST',
  path: '/api/organizations/:id/invitations',
  operationId: 'CreateDelegatedInvitation',
  tag: invitations,
  access,
  summary: 'Invite an email address; with a link, a message is sent',
  params,
  body: z.object({
    invitee: emailSchema,
    expiresAt: instant.min(0).max(8.64e15),
    organizationRoleIds: idList.default([]).describe('The member gets them when the invitation is accepted.'),
    link: webUrl.optional().describe('The page that accepts it, on an origin of the application’s redirect URIs.'),
    locale: languageTag.optional().describe('The language of the message.'),
  }),
  responses: { 201: organizationInvitationSchema },
  errors: [
    'organization.exceeds_own_rights',
    'organization.foreign_link',
    'request.invalid_input',
    'user.invalid_email',
    'entity.unique_integrity_violation',
    ...roleErrors,
    'request.message_rate_limited',
    'connector.not_found',
    'connector.general',
    'connector.invalid_config',
    'connector.template_not_found',
    'connector.rate_limit_exceeded',
    'connector.timeout',
  ],
  statuses: { ...statuses, 'request.invalid_input': 422, 'connector.not_found': 501 },
});
export const revokeDelegatedInvitation = route({
  method: 'DELETE',
  path: '/api/organizations/:id/invitations/:invitationId',
  operationId: 'RevokeDelegatedInvitation',
  tag: invitations,
  access,
  summary: 'Revoke a pending invitation',
  params: ofInvitation,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
  statuses: { 'request.invalid_input': 422 },
});

export const listDelegatedLogs = route({
  method: 'GET',
  path: '/api/organizations/:id/logs',
  operationId: 'ListDelegatedLogs',
  tag: 'Delegated logs',
  access,
  summary: 'List what was changed for the organization, newest first',
  params,
  pagination: 'required',
  responses: { 200: z.array(delegatedLogSchema) },
});

export const createAdministratorRole = route({
  method: 'POST',
  path: '/api/organization-roles/administrator',
  operationId: 'CreateOrganizationAdministratorRole',
  tag: 'Organization roles',
  access: 'management',
  summary: 'Create a role with all permissions of the delegated Management API, and the permissions themselves',
  body: z.object({ name: z.string().min(1).max(128).default('Organization administrator') }),
  responses: { 201: organizationRoleSchema },
  errors: ['entity.unique_integrity_violation'],
});
