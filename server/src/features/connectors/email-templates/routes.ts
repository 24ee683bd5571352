import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { EmailTemplates } from './service.ts';

/** `/api/email-templates`. */
export function emailTemplateRoutes(implement: Implement, templates: EmailTemplates): void {
  implement(contract.listEmailTemplates, ({ tenant, query }) => templates.list(tenant.db, query));
  implement(contract.replaceEmailTemplates, ({ tenant, body }) => templates.save(tenant.db, body.templates));
  implement(contract.deleteEmailTemplates, async ({ tenant, query }) => ({
    rowCount: await templates.removeAll(tenant.db, query),
  }));
  implement(contract.getEmailTemplate, ({ tenant, params }) => templates.get(tenant.db, params.id));
  implement(contract.deleteEmailTemplate, ({ tenant, params }) => templates.remove(tenant.db, params.id));
  implement(contract.updateEmailTemplateDetails, ({ tenant, params, body }) =>
    templates.change(tenant.db, params.id, body),
  );
}
