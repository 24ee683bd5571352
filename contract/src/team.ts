import { z } from 'zod';
import { route } from './route.ts';
import { emailSchema } from './users.ts';
import { instant, pathId } from './values.ts';

/** What a colleague may do in a tenant: everything, or look at everything and change nothing. */
export const teamRoleSchema = z.enum(['full', 'read-only']);
export type TeamRole = z.output<typeof teamRoleSchema>;

/** A user of the admin tenant with access to the Management API of a tenant, and so to its pages in the Console. */
export const teamMemberSchema = z.object({
  id: z.string().describe('ID of the user in the admin tenant.'),
  name: z.string().nullable(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  role: teamRoleSchema,
  hasMfa: z.boolean(),
  isSuspended: z.boolean(),
  lastSignInAt: instant.nullable(),
});
export type TeamMember = z.output<typeof teamMemberSchema>;

/** A one-time link that has not been used yet. */
export const teamInvitationSchema = z.object({
  id: z.string(),
  email: z.string().nullable(),
  role: teamRoleSchema,
  inviterId: z.string().nullable().describe('ID of the user in the admin tenant.'),
  isVoid: z
    .boolean()
    .describe('Whether the link does not work because its inviter is suspended or has no full access anymore.'),
  createdAt: instant,
  expiresAt: instant,
});
export type TeamInvitation = z.output<typeof teamInvitationSchema>;

const tag = 'Team';
const access = 'management';
const params = z.object({ id: pathId });
const errors = ['team.administrators_only', 'entity.not_exists_with_id'] as const;
const memberErrors = [...errors, 'team.last_administrator'] as const;

export const listTeamMembers = route({
  method: 'GET',
  path: '/api/team/members',
  operationId: 'ListTeamMembers',
  tag,
  access,
  summary: 'List the users of the admin tenant who may use the Console for this tenant',
  responses: { 200: z.array(teamMemberSchema) },
});
export const changeTeamMember = route({
  method: 'PATCH',
  path: '/api/team/members/:id',
  operationId: 'UpdateTeamMember',
  tag,
  access,
  summary: 'Change what a member of the team may do; only for administrators with full access',
  params,
  body: z.object({ role: teamRoleSchema }),
  responses: { 200: teamMemberSchema },
  errors: memberErrors,
});
export const removeTeamMember = route({
  method: 'DELETE',
  path: '/api/team/members/:id',
  operationId: 'DeleteTeamMember',
  tag,
  access,
  summary: 'Remove the access of a member of the team with its sessions; only for administrators with full access',
  params,
  responses: { 204: null },
  errors: memberErrors,
});

export const listTeamInvitations = route({
  method: 'GET',
  path: '/api/team/invitations',
  operationId: 'ListTeamInvitations',
  tag,
  access,
  summary: 'List the invitations that have not been accepted and have not expired, newest first',
  responses: { 200: z.array(teamInvitationSchema) },
});
const created = z.object({
  invitation: teamInvitationSchema,
  link: z
    .url()
    .describe('Creates the account, or gives the access to an existing one, once. It cannot be shown again.'),
  delivery: z
    .enum(['none', 'sent', 'failed'])
    .describe('`none`: without an email address, or the admin tenant has no email connector.'),
});
export const createTeamInvitation = route({
  method: 'POST',
  path: '/api/team/invitations',
  operationId: 'CreateTeamInvitation',
  tag,
  access,
  summary: 'Invite a colleague by a one-time link; only for administrators with full access',
  body: z.object({
    email: emailSchema
      .optional()
      .describe(
        'The link is sent to it if the admin tenant has an email connector, and works for an account with it only.',
      ),
    role: teamRoleSchema,
    expiresInDays: z.number().int().min(1).max(30).default(7),
  }),
  responses: { 201: created },
  errors: ['team.administrators_only', 'team.already_member', 'user.invalid_email'],
});
export const renewTeamInvitation = route({
  method: 'POST',
  path: '/api/team/invitations/:id/renew',
  operationId: 'RenewTeamInvitation',
  tag,
  access,
  summary:
    'Replace an invitation with a new one of the caller: its link stops working; only for administrators with full access',
  params,
  responses: { 201: created },
  errors: [...errors, 'team.already_member'],
});
export const deleteTeamInvitation = route({
  method: 'DELETE',
  path: '/api/team/invitations/:id',
  operationId: 'DeleteTeamInvitation',
  tag,
  access,
  summary: 'Revoke an invitation: its link stops working; only for administrators with full access',
  params,
  responses: { 204: null },
  errors,
});
