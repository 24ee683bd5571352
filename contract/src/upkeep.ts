import { z } from 'zod';
import { route } from './route.ts';

/** Small routes that look after what other parts left behind, or tell about the installation. */
const access = 'management';

export const deleteSentinelActivities = route({
  method: 'POST',
  path: '/api/sentinel-activities/delete',
  operationId: 'DeleteSentinelActivities',
  tag: 'Sentinel activities',
  access,
  summary:
    'Let identifiers sign in again that were locked after failed attempts, and people (by id) show second factors',
  body: z.object({
    targetType: z.enum(['User', 'App']),
    targets: z.array(z.string().min(1).max(256)).min(1).max(100),
  }),
  responses: { 204: null },
});
export const getSystemApplicationConfig = route({
  method: 'GET',
  path: '/api/systems/application',
  operationId: 'GetSystemApplicationConfig',
  tag: 'Systems',
  access,
  summary: 'Get the domain of protected applications',
  responses: { 200: z.object({ protectedApps: z.object({ defaultDomain: z.string() }) }) },
  errors: ['request.feature_not_supported'],
  statuses: { 'request.feature_not_supported': 501 },
});
