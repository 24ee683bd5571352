/**
 * Email templates: the text of messages by language and usage.
 *
 * Owns the table email_templates. Does not send messages (connectors do, and read templates through `find`) or fill in
 * variables (each connector uses its provider's syntax). Requests enter through `routes.ts`.
 */
export { createEmailTemplates, type EmailTemplates } from './service.ts';
