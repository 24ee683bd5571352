import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

export interface StoredAsset {
  id: string;
  contentType: string;
  size: number;
}

export async function insertAsset(q: Queries, asset: StoredAsset): Promise<void> {
  await q.run(
    sql
      .insertInto('user_assets')
      .values({ tenant_id: q.tenantId, id: asset.id, content_type: asset.contentType, size: asset.size }),
  );
}

export async function findAsset(q: Queries, id: string): Promise<StoredAsset | undefined> {
  const row = await q.first(
    sql
      .selectFrom('user_assets')
      .select(['id', 'content_type', 'size'])
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id),
  );
  return row && { id: row.id, contentType: row.content_type, size: row.size };
}
