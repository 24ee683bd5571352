import type { ProfileField, ProfileFieldChange, ProfileFieldConfig, ProfileFieldType } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

type Row = StoredRow<'custom_profile_fields'>;

const toField = (row: Row): ProfileField => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  type: row.type as ProfileFieldType,
  label: row.label,
  description: row.description,
  required: row.required,
  config: row.config as ProfileFieldConfig,
  createdAt: row.created_at.getTime(),
  sieOrder: row.sie_order,
});

/** In the order in which users are asked. */
export async function findFields(q: Queries): Promise<ProfileField[]> {
  const query = sql.selectFrom('custom_profile_fields').selectAll().where('tenant_id', '=', q.tenantId);
  return (await q.all(query.orderBy('sie_order').orderBy('created_at').orderBy('name'))).map(toField);
}

/** Appends the field. Undefined if the name is taken. */
export async function insertField(
  q: Queries,
  field: ProfileFieldChange & { id: string; name: string },
): Promise<ProfileField | undefined> {
  const [row] = await q.raw<Row>(
    `insert into custom_profile_fields (tenant_id, id, name, type, label, description, required, config, sie_order)
     select $1, $2, $3, $4, $5, $6, $7, $8::jsonb, coalesce(max(sie_order), 0) + 1
       from custom_profile_fields where tenant_id = $1
     on conflict (tenant_id, name) do nothing returning *`,
    [
      q.tenantId,
      field.id,
      field.name,
      field.type,
      field.label,
      field.description ?? null,
      field.required,
      JSON.stringify(field.config),
    ],
  );
  return row && toField(row);
}

export async function updateField(
  q: Queries,
  name: string,
  change: ProfileFieldChange,
): Promise<ProfileField | undefined> {
  const row = await q.first(
    sql
      .updateTable('custom_profile_fields')
      .set({
        type: change.type,
        label: change.label,
        description: change.description ?? null,
        required: change.required,
        config: JSON.stringify(change.config),
      })
      .where('tenant_id', '=', q.tenantId)
      .where('name', '=', name)
      .returningAll(),
  );
  return row && toField(row);
}

export const deleteField = (q: Queries, name: string): Promise<number> =>
  q.run(sql.deleteFrom('custom_profile_fields').where('tenant_id', '=', q.tenantId).where('name', '=', name));

export const moveField = (q: Queries, name: string, sieOrder: number): Promise<number> =>
  q.run(
    sql
      .updateTable('custom_profile_fields')
      .set({ sie_order: sieOrder })
      .where('tenant_id', '=', q.tenantId)
      .where('name', '=', name),
  );
