import { z } from 'zod';
import { route } from './route.ts';

const count = z.number().int();
const change = z.object({ count, delta: count.describe('Compared with the period before.') });
const curve = z.array(z.object({ date: z.iso.date(), count })).describe('30 days (UTC), oldest first.');
const tag = 'Dashboard';
const access = 'management';

export const getTotalUserCount = route({
  method: 'GET',
  path: '/api/dashboard/users/total',
  operationId: 'GetTotalUserCount',
  tag,
  access,
  summary: 'Count all users',
  responses: { 200: z.object({ totalUserCount: count }) },
});
export const getNewUserCounts = route({
  method: 'GET',
  path: '/api/dashboard/users/new',
  operationId: 'GetNewUserCounts',
  tag,
  access,
  summary: 'Count new users',
  responses: {
    200: z.object({ today: change, last7Days: change, last30Days: change, newUserCurve: curve }),
  },
});
export const getActiveUserCounts = route({
  method: 'GET',
  path: '/api/dashboard/users/active',
  operationId: 'GetActiveUserCounts',
  tag,
  access,
  summary: 'Count active users up to a day',
  query: z.object({
    date: z.iso.date().optional().describe('The last day (UTC), e.g. `2027-01-31`. Default: today.'),
  }),
  responses: {
    200: z.object({
      dauCurve: curve,
      dau: change,
      wau: change,
      mau: change,
    }),
  },
});
