import { z } from 'zod';
import { route } from './route.ts';
import { userAgentParsedSchema } from './user-agents.ts';
import { flag, instant, jsonObject, pathId, time } from './values.ts';

const logResultSchema = z.enum(['Success', 'Error']);

/** An entry of the audit log. Secrets in it are masked before they are stored. */
export const logSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  key: z.string().describe('The event, e.g. `ExchangeTokenBy.AuthorizationCode` or `Interaction.SignIn.Submit`.'),
  payload: z.looseObject({
    key: z.string(),
    result: logResultSchema,
    error: z.union([jsonObject, z.string()]).optional(),
    ip: z.string().optional(),
    userAgent: z.string().optional(),
    userAgentParsed: userAgentParsedSchema.optional(),
    userId: z.string().optional(),
    applicationId: z.string().optional(),
    applicationSecret: z
      .object({ name: z.string() })
      .optional()
      .describe('The name of the secret that the application used.'),
    sessionId: z.string().optional(),
    organizationId: z.string().optional(),
    params: jsonObject.optional(),
  }),
  createdAt: instant,
});
export type LogRecord = z.output<typeof logSchema>;

/** What lists of log entries can be narrowed by. */
export const logWindowQuery = z.object({
  logKey: z.string().max(128).optional(),
  enableCap: flag
    .optional()
    .describe('Stop counting at 10,000: `Total-Number` is then 10001 and `Total-Number-Is-Capped` is true.'),
  start_time: time.optional(),
  end_time: time.optional(),
  result: logResultSchema.optional(),
});

const tag = 'Audit logs';
const access = 'management';

export const listLogs = route({
  method: 'GET',
  path: '/api/logs',
  operationId: 'ListLogs',
  tag,
  access,
  summary: 'List entries of the audit log, newest first',
  query: logWindowQuery.extend({
    userId: z.string().optional(),
    applicationId: z.string().optional(),
    organizationId: z.string().optional().describe('What the administrators of an organization did and may read.'),
    sessionId: z.string().optional().describe('The steps of one sign-in: the `sessionId` of their payload.'),
  }),
  pagination: 'required',
  responses: { 200: z.array(logSchema) },
  errors: ['guard.invalid_input'],
});
export const getLog = route({
  method: 'GET',
  path: '/api/logs/:id',
  operationId: 'GetLog',
  tag,
  access,
  summary: 'Get an entry of the audit log',
  params: z.object({ id: pathId }),
  responses: { 200: logSchema },
  errors: ['entity.not_exists_with_id'],
});
