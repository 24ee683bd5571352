import type { EmailTemplate, EmailTemplateDetails, EmailTemplateFilter, TemplateType } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

export interface NewTemplate {
  id: string;
  languageTag: string;
  templateType: TemplateType;
  details: EmailTemplateDetails;
}

type Row = StoredRow<'email_templates'>;

const toTemplate = (row: Row): EmailTemplate => ({
  tenantId: row.tenant_id,
  id: row.id,
  languageTag: row.language_tag,
  templateType: row.template_type as TemplateType,
  details: row.details as EmailTemplateDetails,
  createdAt: row.created_at.getTime(),
});

export async function findTemplates(q: Queries, filter: EmailTemplateFilter): Promise<EmailTemplate[]> {
  let query = sql.selectFrom('email_templates').selectAll().where('tenant_id', '=', q.tenantId);
  if (filter.languageTag !== undefined) query = query.where('language_tag', '=', filter.languageTag);
  if (filter.templateType !== undefined) query = query.where('template_type', '=', filter.templateType);
  return (await q.all(query.orderBy('language_tag').orderBy('template_type'))).map(toTemplate);
}

export async function findTemplate(q: Queries, id: string): Promise<EmailTemplate | undefined> {
  const row = await q.first(
    sql.selectFrom('email_templates').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toTemplate(row);
}

/** A template for an existing language and usage keeps its id and gets the new details. */
export async function saveTemplate(tx: Transaction, { id, languageTag, templateType, details }: NewTemplate) {
  const [row] = await tx.raw<Row>(
    `insert into email_templates (tenant_id, id, language_tag, template_type, details) values ($1, $2, $3, $4, $5::jsonb)
     on conflict (tenant_id, language_tag, template_type) do update set details = excluded.details returning *`,
    [tx.tenantId, id, languageTag, templateType, JSON.stringify(details)],
  );
  return toTemplate(row as Row);
}

export async function mergeDetails(q: Queries, id: string, change: object): Promise<EmailTemplate | undefined> {
  const [row] = await q.raw<Row>(
    'update email_templates set details = details || $3::jsonb where tenant_id = $1 and id = $2 returning *',
    [q.tenantId, id, JSON.stringify(change)],
  );
  return row && toTemplate(row);
}

export function deleteTemplates(q: Queries, filter: EmailTemplateFilter & { id?: string }): Promise<number> {
  let query = sql.deleteFrom('email_templates').where('tenant_id', '=', q.tenantId);
  if (filter.id !== undefined) query = query.where('id', '=', filter.id);
  if (filter.languageTag !== undefined) query = query.where('language_tag', '=', filter.languageTag);
  if (filter.templateType !== undefined) query = query.where('template_type', '=', filter.templateType);
  return q.run(query);
}
