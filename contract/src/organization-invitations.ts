import { z } from 'zod';
import { heldOrganizationRoleSchema } from './organization-roles.ts';
import { route } from './route.ts';
import { emailSchema } from './users.ts';
import { idList, instant, pathId } from './values.ts';

/** An invitation of an email address; the user who accepts it becomes a member with the roles. */
export const organizationInvitationSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  inviterId: z.string().nullable(),
  invitee: z.string(),
  acceptedUserId: z.string().nullable(),
  organizationId: z.string(),
  status: z.enum(['Pending', 'Accepted', 'Expired', 'Revoked']),
  createdAt: instant,
  updatedAt: instant,
  expiresAt: instant,
  organizationRoles: z.array(heldOrganizationRoleSchema),
});
export type OrganizationInvitation = z.output<typeof organizationInvitationSchema>;

/** What a message's template may use; other members are handed to it as they are. */
const messagePayloadSchema = z.looseObject({
  code: z.string().max(256).optional(),
  link: z.string().max(2048).optional(),
  locale: z.string().max(35).optional(),
  uiLocales: z.string().max(256).optional(),
});
export type MessagePayload = z.output<typeof messagePayloadSchema>;

const tag = 'Organization invitations';
const access = 'management';
const params = z.object({ id: pathId });
const messageErrors = [
  'request.message_rate_limited',
  'connector.not_found',
  'connector.general',
  'connector.invalid_config',
  'connector.template_not_found',
  'connector.rate_limit_exceeded',
  'connector.timeout',
] as const;
/** Without an email connector, the server cannot do this. */
const messageStatuses = { 'connector.not_found': 501 } as const;

export const listOrganizationInvitations = route({
  method: 'GET',
  path: '/api/organization-invitations',
  operationId: 'ListOrganizationInvitations',
  tag,
  access,
  summary: 'List invitations, newest first',
  query: z
    .object({ organizationId: z.string().max(128), inviterId: z.string().max(128), invitee: emailSchema })
    .partial(),
  responses: { 200: z.array(organizationInvitationSchema) },
});
export const createOrganizationInvitation = route({
  method: 'POST',
  path: '/api/organization-invitations',
  operationId: 'CreateOrganizationInvitation',
  tag,
  access,
  summary: 'Invite an email address; with messagePayload a message is sent',
  body: z.object({
    inviterId: z.string().max(128).nullable().optional(),
    invitee: emailSchema,
    organizationId: z.string().min(1).max(128),
    expiresAt: instant.min(0).max(8.64e15),
    organizationRoleIds: idList.default([]).describe('The member gets them when the invitation is accepted.'),
    messagePayload: z.union([z.boolean(), messagePayloadSchema]).default(false).describe('Needs an email connector.'),
  }),
  responses: { 201: organizationInvitationSchema },
  errors: [
    'request.invalid_input',
    'entity.relation_foreign_key_not_found',
    'user.invalid_email',
    'entity.unique_integrity_violation',
    'entity.db_constraint_violated',
    'organization.require_membership',
    ...messageErrors,
  ],
  statuses: { 'entity.relation_foreign_key_not_found': 422, 'request.invalid_input': 422, ...messageStatuses },
});
export const getOrganizationInvitation = route({
  method: 'GET',
  path: '/api/organization-invitations/:id',
  operationId: 'GetOrganizationInvitation',
  tag,
  access,
  summary: 'Get an invitation',
  params,
  responses: { 200: organizationInvitationSchema },
  errors: ['entity.not_exists_with_id'],
});
export const deleteOrganizationInvitation = route({
  method: 'DELETE',
  path: '/api/organization-invitations/:id',
  operationId: 'DeleteOrganizationInvitation',
  tag,
  access,
  summary: 'Delete an invitation; an existing membership is kept',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});
export const createOrganizationInvitationMessage = route({
  method: 'POST',
  path: '/api/organization-invitations/:id/message',
  operationId: 'CreateOrganizationInvitationMessage',
  tag,
  access,
  summary: 'Send the message of an invitation again',
  params,
  body: messagePayloadSchema,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', ...messageErrors],
  statuses: messageStatuses,
});
export const replaceOrganizationInvitationStatus = route({
  method: 'PUT',
  path: '/api/organization-invitations/:id/status',
  operationId: 'ReplaceOrganizationInvitationStatus',
  tag,
  access,
  summary: 'Accept a pending invitation for the user whose primary email address was invited, or revoke it',
  params,
  body: z.object({
    status: z.enum(['Accepted', 'Revoked']),
    acceptedUserId: z.string().max(128).nullable().optional(),
  }),
  responses: { 200: organizationInvitationSchema },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
  statuses: { 'request.invalid_input': 422 },
});
