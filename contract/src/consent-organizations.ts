import { z } from 'zod';
import { organizationSchema } from './organizations.ts';
import { route } from './route.ts';
import { idList, pathId } from './values.ts';

/*
 * The organizations that a user granted to a third-party application, at consent or through an operator.
 */

const tag = 'Applications';
const access = 'management';
const params = z.object({ id: pathId, userId: pathId });
const body = z.object({ organizationIds: idList });
const changeErrors = [
  'entity.not_exists_with_id',
  'application.third_party_application_only',
  'organization.require_membership',
] as const;

export const listApplicationUserConsentOrganizations = route({
  method: 'GET',
  path: '/api/applications/:id/users/:userId/consent-organizations',
  operationId: 'ListApplicationUserConsentOrganizations',
  tag,
  access,
  summary: 'List the organizations that a user granted to a third-party application',
  params,
  pagination: 'optional',
  responses: { 200: z.object({ organizations: z.array(organizationSchema) }) },
  errors: ['entity.not_exists_with_id'],
});
export const createApplicationUserConsentOrganization = route({
  method: 'POST',
  path: '/api/applications/:id/users/:userId/consent-organizations',
  operationId: 'CreateApplicationUserConsentOrganization',
  tag,
  access,
  summary: 'Grant a third-party application access to more organizations of a user',
  params,
  body,
  responses: { 201: null },
  errors: changeErrors,
});
export const replaceApplicationUserConsentOrganizations = route({
  method: 'PUT',
  path: '/api/applications/:id/users/:userId/consent-organizations',
  operationId: 'ReplaceApplicationUserConsentOrganizations',
  tag,
  access,
  summary: 'Set the organizations of a user that a third-party application can access',
  params,
  body,
  responses: { 204: null },
  errors: changeErrors,
});
export const deleteApplicationUserConsentOrganization = route({
  method: 'DELETE',
  path: '/api/applications/:id/users/:userId/consent-organizations/:organizationId',
  operationId: 'DeleteApplicationUserConsentOrganization',
  tag,
  access,
  summary: 'Stop a third-party application from acting for a user in an organization',
  params: params.extend({ organizationId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
