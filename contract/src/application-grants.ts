import { z } from 'zod';
import { route } from './route.ts';
import { browserFields } from './user-sessions.ts';
import { instant, pathId } from './values.ts';

/** What a user allowed an application, with the session in which the user signed in. */
export const applicationGrantSchema = z.object({
  id: z.string(),
  scope: z.string().describe('The allowed scopes, separated by spaces.'),
  createdAt: instant,
  expiresAt: instant,
  user: z
    .object({
      id: z.string(),
      name: z.string().nullable().optional(),
      username: z.string().nullable().optional(),
      primaryEmail: z.string().nullable().optional(),
      avatar: z.string().nullable().optional(),
    })
    .describe(
      'Callers without the permission read:users get the ID alone, and sessions without IP address and browser.',
    ),
  session: z
    .object({ id: z.string(), authenticatedAt: instant, ...browserFields })
    .nullable()
    .describe('null if the session has ended; tokens with offline_access stay valid.'),
});
export type ApplicationGrant = z.output<typeof applicationGrantSchema>;

const tag = 'Applications';
const access = 'management';
const params = z.object({ id: pathId });

export const listApplicationGrants = route({
  method: 'GET',
  path: '/api/applications/:id/grants',
  operationId: 'ListApplicationGrants',
  tag,
  access,
  summary: 'List what users allowed an application, newest first',
  params,
  pagination: 'required',
  responses: { 200: z.array(applicationGrantSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const deleteApplicationGrant = route({
  method: 'DELETE',
  path: '/api/applications/:id/grants/:grantId',
  operationId: 'DeleteApplicationGrant',
  tag,
  access,
  summary: 'Revoke what a user allowed an application, with all its tokens',
  params: params.extend({ grantId: pathId }),
  responses: { 204: null },
  errors: ['oidc.invalid_grant'],
  statuses: { 'oidc.invalid_grant': 404 },
});
