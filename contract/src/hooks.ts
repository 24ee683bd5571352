import { z } from 'zod';
import { hookEventSchema } from './hook-events.ts';
import { logSchema, logWindowQuery } from './logs.ts';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { flag, instant, pathId, webUrl } from './values.ts';

/** Names and values that HTTP allows in a header (RFC 9110 section 5). */
const headers = z.record(
  z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,128}$/, 'must be the name of a header'),
  z
    .string()
    .max(4096)
    .regex(/^[\t\x20-\x7E\x80-\xFF]*$/, 'must be the value of a header'),
);

export const hookConfigSchema = z.object({
  url: webUrl.describe('Receives a POST request for each event.'),
  headers: secret(headers).optional().describe('Sent with each request, for example an authorization header.'),
  retries: z.number().int().min(0).max(3).optional().describe('Number of retries after an error response. Default: 3.'),
});
export type HookConfig = z.output<typeof hookConfigSchema>;

/** A URL that receives events. */
export const hookSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  event: hookEventSchema.nullable().describe('For webhooks with one event; `events` takes precedence.'),
  events: z.array(hookEventSchema),
  config: hookConfigSchema,
  signingKey: secret(z.string().describe('Key of the HMAC-SHA256 in the header `logto-signature-sha-256`.')),
  enabled: z.boolean(),
  createdAt: instant,
});
export type Hook = z.output<typeof hookSchema>;

const executionStats = z.object({ successCount: z.number().int(), requestCount: z.number().int() });
const hookWithStats = hookSchema.extend({
  executionStats: executionStats.optional().describe('Requests of the last 24 hours.'),
});
export type HookWithStats = z.output<typeof hookWithStats>;

const draft = z.object({
  name: z.string().max(256).default(''),
  event: hookEventSchema.optional(),
  events: z.array(hookEventSchema).min(1).max(100).optional(),
  config: hookConfigSchema,
  enabled: z.boolean().default(true),
});

const tag = 'Hooks';
const access = 'management';
const params = z.object({ id: pathId });
const missing = 'entity.not_exists_with_id';

export const listHooks = route({
  method: 'GET',
  path: '/api/hooks',
  operationId: 'ListHooks',
  tag,
  access,
  summary: 'List webhooks',
  query: z.object({ includeExecutionStats: flag.optional() }),
  pagination: 'optional',
  responses: { 200: z.array(hookWithStats) },
});
export const createHook = route({
  method: 'POST',
  path: '/api/hooks',
  operationId: 'CreateHook',
  tag,
  access,
  summary: 'Create a webhook',
  body: draft,
  responses: { 201: hookSchema },
  errors: ['hook.missing_events'],
});
export const getHook = route({
  method: 'GET',
  path: '/api/hooks/:id',
  operationId: 'GetHook',
  tag,
  access,
  summary: 'Get a webhook',
  params,
  query: z.object({ includeExecutionStats: flag.optional() }),
  responses: { 200: hookWithStats },
  errors: [missing],
});
export const updateHook = route({
  method: 'PATCH',
  path: '/api/hooks/:id',
  operationId: 'UpdateHook',
  tag,
  access,
  summary: 'Change a webhook',
  params,
  body: z.object({
    name: z.string().max(256).optional(),
    event: hookEventSchema.nullable().optional(),
    events: z.array(hookEventSchema).min(1).max(100).optional(),
    config: hookConfigSchema.optional(),
    enabled: z.boolean().optional(),
  }),
  responses: { 200: hookSchema },
  errors: [missing, 'hook.missing_events'],
});
export const deleteHook = route({
  method: 'DELETE',
  path: '/api/hooks/:id',
  operationId: 'DeleteHook',
  tag,
  access,
  summary: 'Delete a webhook',
  params,
  responses: { 204: null },
  errors: [missing],
});
export const listHookRecentLogs = route({
  method: 'GET',
  path: '/api/hooks/:id/recent-logs',
  operationId: 'ListHookRecentLogs',
  tag,
  access,
  summary: 'List the requests of a webhook, newest first',
  params,
  query: logWindowQuery,
  pagination: 'required',
  responses: { 200: z.array(logSchema) },
  errors: ['entity.not_exists_with_id', 'guard.invalid_input'],
});
export const testHook = route({
  method: 'POST',
  path: '/api/hooks/:id/test',
  operationId: 'CreateHookTest',
  tag,
  access,
  summary: 'Send sample payloads to a URL, signed with the key of the webhook',
  params,
  body: z.object({ events: z.array(hookEventSchema).min(1).max(100), config: hookConfigSchema }),
  responses: { 204: null },
  errors: [missing, 'hook.endpoint_responded_with_error', 'hook.send_test_payload_failed'],
});
export const updateHookSigningKey = route({
  method: 'PATCH',
  path: '/api/hooks/:id/signing-key',
  operationId: 'UpdateHookSigningKey',
  tag,
  access,
  summary: 'Replace the signing key of a webhook',
  params,
  responses: { 200: hookSchema },
  errors: [missing],
});
