import { z } from 'zod';
import { route } from './route.ts';
import { instant, pathId } from './values.ts';

/** An account that its user asked to delete. */
export const accountDeletionSchema = z.object({
  userId: z.string(),
  requestedAt: instant,
  deletesAt: instant.describe('When the account is deleted, unless the user or an operator cancels that.'),
});
export type AccountDeletion = z.output<typeof accountDeletionSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });

export const listAccountDeletions = route({
  method: 'GET',
  path: '/api/account-deletions',
  operationId: 'ListAccountDeletions',
  tag,
  access,
  summary: 'List accounts that their users asked to delete, the next one first',
  pagination: 'required',
  responses: { 200: z.array(accountDeletionSchema) },
});
export const getUserDeletion = route({
  method: 'GET',
  path: '/api/users/:userId/deletion',
  operationId: 'GetUserDeletion',
  tag,
  access,
  summary: 'Get the deletion that a user asked for',
  params,
  responses: { 200: accountDeletionSchema },
  errors: ['entity.not_found'],
});
export const cancelUserDeletion = route({
  method: 'DELETE',
  path: '/api/users/:userId/deletion',
  operationId: 'CancelUserDeletion',
  tag,
  access,
  summary: 'Cancel the deletion that a user asked for',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
