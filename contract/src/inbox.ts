import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { instant, pathId } from './values.ts';

const messageKind = z.enum(['Email', 'Sms']);

/** Where messages go on a tenant in development that has no connector for them. */
export const inboxSchema = z.object({
  enabled: z.boolean().describe('Whether the inbox receives messages for which the tenant has no connector.'),
  isAvailable: z
    .boolean()
    .describe('False for tenants whose address has https, and for the admin tenant: they have no inbox.'),
  receives: z.array(messageKind).describe('Kinds of messages that go to the inbox: those without a connector.'),
});
export type InboxState = z.output<typeof inboxSchema>;

const listedMessage = z.object({
  id: z.string(),
  kind: messageKind,
  to: z.string().describe('Email address, or phone number with the country code and without a plus sign.'),
  type: z.string().describe('What the message was sent for, e.g. `SignIn`.'),
  subject: secret(z.string()).nullable().describe('Null for text messages.'),
  code: secret(z.string()).nullable(),
  link: secret(z.string()).nullable(),
  createdAt: instant,
});
export type ListedInboxMessage = z.output<typeof listedMessage>;
export const inboxMessageSchema = listedMessage.extend({
  contentType: z.enum(['text/plain', 'text/html']),
  content: secret(z.string()),
});
export type InboxMessage = z.output<typeof inboxMessageSchema>;

const tag = 'Inbox';
const access = 'management';

export const getInbox = route({
  method: 'GET',
  path: '/api/configs/inbox',
  operationId: 'GetInboxConfig',
  tag,
  access,
  summary: 'Get whether the development inbox is on, and what it receives',
  responses: { 200: inboxSchema },
});
export const updateInbox = route({
  method: 'PATCH',
  path: '/api/configs/inbox',
  operationId: 'UpdateInboxConfig',
  tag,
  access,
  summary: 'Switch the development inbox on or off; switching it off deletes its messages',
  body: z.object({ enabled: z.boolean() }),
  responses: { 200: inboxSchema },
  errors: ['request.feature_not_supported'],
});
export const listInboxMessages = route({
  method: 'GET',
  path: '/api/inbox/messages',
  operationId: 'ListInboxMessages',
  tag,
  access,
  summary: 'List the messages of the development inbox, newest first: the latest 100 of the last 24 hours',
  responses: { 200: z.array(listedMessage) },
});
export const getInboxMessage = route({
  method: 'GET',
  path: '/api/inbox/messages/:id',
  operationId: 'GetInboxMessage',
  tag,
  access,
  summary: 'Get a message of the development inbox with its content',
  params: z.object({ id: pathId }),
  responses: { 200: inboxMessageSchema },
  errors: ['entity.not_exists_with_id'],
});
export const deleteInboxMessages = route({
  method: 'DELETE',
  path: '/api/inbox/messages',
  operationId: 'DeleteInboxMessages',
  tag,
  access,
  summary: 'Delete all messages of the development inbox',
  responses: { 204: null },
});
