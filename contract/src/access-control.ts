import { z } from 'zod';
import { route } from './route.ts';
import { idList, pathId } from './values.ts';

/** Who can use an application whose access control is on: users that match one of the rules. */
export const accessControlSchema = z.object({
  userIds: z.array(z.string()),
  userRoleIds: z.array(z.string()),
  organizationIds: z.array(z.string()),
  organizationRoleRules: z.array(z.object({ organizationId: z.string(), organizationRoleIds: z.array(z.string()) })),
});
export type AccessControl = z.output<typeof accessControlSchema>;

const tag = 'Applications';
const access = 'management';
const params = z.object({ applicationId: pathId });

export const getApplicationAccessControl = route({
  method: 'GET',
  path: '/api/applications/:applicationId/access-control',
  operationId: 'GetApplicationAccessControl',
  tag,
  access,
  summary: 'Get the access control list of an application',
  params,
  responses: { 200: accessControlSchema },
  errors: ['entity.not_exists_with_id'],
});
export const replaceApplicationAccessControl = route({
  method: 'PUT',
  path: '/api/applications/:applicationId/access-control',
  operationId: 'ReplaceApplicationAccessControl',
  tag,
  access,
  summary: 'Set the access control list of an application; it applies while appLevelAccessControlEnabled is on',
  params,
  body: z.object({
    userIds: idList,
    userRoleIds: idList,
    organizationIds: idList,
    organizationRoleRules: z
      .array(z.object({ organizationId: z.string().min(1).max(128), organizationRoleIds: idList.min(1) }))
      .max(1000),
  }),
  responses: { 200: accessControlSchema },
  errors: [
    'entity.not_exists_with_id',
    'application.invalid_type',
    'user.invalid_role_type',
    'entity.relation_foreign_key_not_found',
  ],
  statuses: { 'entity.relation_foreign_key_not_found': 422 },
});
