import { z } from 'zod';
import { route } from './route.ts';
import { userAgentParsedSchema } from './user-agents.ts';
import { instant, pathId } from './values.ts';

/** A browser that a person chose to be asked for no second factor in, until `expiresAt`. */
export const trustedDeviceSchema = z.object({
  id: z.string(),
  userAgent: z.string().nullable(),
  userAgentParsed: userAgentParsedSchema.optional(),
  ip: z.string().nullable(),
  country: z.string().nullable(),
  city: z.string().nullable(),
  createdAt: instant,
  lastUsedAt: instant,
  expiresAt: instant,
});
export type TrustedDevice = z.output<typeof trustedDeviceSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });

export const listUserTrustedDevices = route({
  method: 'GET',
  path: '/api/users/:userId/trusted-devices',
  operationId: 'ListUserTrustedDevices',
  tag,
  access,
  summary: 'List the trusted browsers of a user',
  params,
  pagination: 'required',
  responses: { 200: z.array(trustedDeviceSchema) },
  errors: ['entity.not_found'],
});
export const deleteUserTrustedDevice = route({
  method: 'DELETE',
  path: '/api/users/:userId/trusted-devices/:trustedDeviceId',
  operationId: 'DeleteUserTrustedDevice',
  tag,
  access,
  summary: 'Delete a trusted browser of a user',
  params: params.extend({ trustedDeviceId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
});
