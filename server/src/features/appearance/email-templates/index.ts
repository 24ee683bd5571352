/**
 * E-mail templates: what messages say, by language and use.
 *
 * Owns the table email_templates. Does not send (connectors do, and ask here through `find`) nor fill in places (a connector
 * knows its service's way). Requests enter at `routes.ts`.
 */
export { createEmailTemplates, type EmailTemplates } from './service.ts';
