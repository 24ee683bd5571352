import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

export interface CustomUiFile {
  /** Relative path in the archive. */
  path: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the bytes, base64url. */
  digest: string;
}

export async function insertAssets(q: Queries, assets: { id: string; files: CustomUiFile[] }): Promise<void> {
  await q.run(
    sql
      .insertInto('custom_ui_assets')
      .values({ tenant_id: q.tenantId, id: assets.id, files: JSON.stringify(assets.files) }),
  );
}

export async function findFiles(q: Queries, id: string): Promise<CustomUiFile[] | undefined> {
  const row = await q.first(
    sql.selectFrom('custom_ui_assets').select('files').where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && (row.files as unknown as CustomUiFile[]);
}

/** Deletes all uploads except the newest and the active one; returns their files. */
export const deleteOldAssets = (
  q: Queries,
  { kept, inUse }: { kept: number; inUse: string | undefined },
): Promise<{ id: string; files: CustomUiFile[] }[]> =>
  q.raw(
    `delete from custom_ui_assets where tenant_id = $1 and id is distinct from $2 and id not in (
       select id from custom_ui_assets where tenant_id = $1 order by created_at desc, id limit $3)
     returning id, files`,
    [q.tenantId, inUse ?? null, kept],
  );
