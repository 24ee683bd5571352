import type { Queries, Transaction } from '../../../store/index.ts';
import type { Look } from './look.ts';

export async function findApplicationType(q: Queries, id: string): Promise<string | undefined> {
  const [row] = await q.raw<{ type: string }>('select type from applications where tenant_id = $1 and id = $2', [
    q.tenantId,
    id,
  ]);
  return row?.type;
}

export async function findLook(q: Queries, applicationId: string): Promise<Look | undefined> {
  const [row] = await q.raw<{ settings: Look }>(
    'select settings from application_sign_in_experiences where tenant_id = $1 and application_id = $2',
    [q.tenantId, applicationId],
  );
  return row?.settings;
}

/** Replaces the members that `change` contains. */
export async function mergeLook(
  tx: Transaction,
  applicationId: string,
  change: object,
): Promise<{ look: Look; isNew: boolean }> {
  const [row] = await tx.raw<{ settings: Look; is_new: boolean }>(
    `insert into application_sign_in_experiences as l (tenant_id, application_id, settings) values ($1, $2, $3)
     on conflict (tenant_id, application_id) do update set settings = l.settings || excluded.settings
     returning settings, xmax = 0 as is_new`,
    [tx.tenantId, applicationId, JSON.stringify(change)],
  );
  return { look: row?.settings ?? {}, isNew: row?.is_new === true };
}
