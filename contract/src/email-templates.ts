import { z } from 'zod';
import { route } from './route.ts';
import { instant, languageTag, pathId } from './values.ts';

/** What a message is sent for. */
export const templateTypeSchema = z.enum([
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
  'BindNewIdentifier',
  'MfaVerification',
  'BindMfa',
  'AccountChange',
]);
export type TemplateType = z.output<typeof templateTypeSchema>;

const details = z.object({
  subject: z.string().max(1024),
  content: z.string().max(100_000).describe('The connector replaces placeholders such as {{code}}.'),
  contentType: z.enum(['text/html', 'text/plain']).optional(),
  replyTo: z.string().max(1024).optional(),
  sendFrom: z.string().max(1024).optional().describe('Name and address in the From header.'),
});
export type EmailTemplateDetails = z.output<typeof details>;

export const emailTemplateSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  languageTag: z.string(),
  templateType: templateTypeSchema,
  details,
  createdAt: instant,
});
export type EmailTemplate = z.output<typeof emailTemplateSchema>;

const tag = 'Email templates';
const access = 'management';
const params = z.object({ id: pathId });
const filter = z.object({ languageTag, templateType: templateTypeSchema }).partial();
export type EmailTemplateFilter = z.output<typeof filter>;

export const listEmailTemplates = route({
  method: 'GET',
  path: '/api/email-templates',
  operationId: 'ListEmailTemplates',
  tag,
  access,
  summary: 'List email templates',
  query: filter,
  responses: { 200: z.array(emailTemplateSchema) },
});
export const replaceEmailTemplates = route({
  method: 'PUT',
  path: '/api/email-templates',
  operationId: 'ReplaceEmailTemplates',
  tag,
  access,
  summary: 'Set email templates; templates of other languages and types are kept',
  body: z.object({
    templates: z.array(z.object({ languageTag, templateType: templateTypeSchema, details })).max(500),
  }),
  responses: { 200: z.array(emailTemplateSchema) },
});
export const deleteEmailTemplates = route({
  method: 'DELETE',
  path: '/api/email-templates',
  operationId: 'DeleteEmailTemplates',
  tag,
  access,
  summary: 'Delete the email templates of a language, a type, or both',
  query: filter,
  responses: { 200: z.object({ rowCount: z.number().int() }) },
  errors: ['request.invalid_input'],
  statuses: { 'request.invalid_input': 422 },
});
export const getEmailTemplate = route({
  method: 'GET',
  path: '/api/email-templates/:id',
  operationId: 'GetEmailTemplate',
  tag,
  access,
  summary: 'Get an email template',
  params,
  responses: { 200: emailTemplateSchema },
  errors: ['entity.not_exists_with_id'],
});
export const deleteEmailTemplate = route({
  method: 'DELETE',
  path: '/api/email-templates/:id',
  operationId: 'DeleteEmailTemplate',
  tag,
  access,
  summary: 'Delete an email template',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});
export const updateEmailTemplateDetails = route({
  method: 'PATCH',
  path: '/api/email-templates/:id/details',
  operationId: 'UpdateEmailTemplateDetails',
  tag,
  access,
  summary: 'Update the content of an email template',
  params,
  body: details.partial(),
  responses: { 200: emailTemplateSchema },
  errors: ['entity.not_exists_with_id'],
});
