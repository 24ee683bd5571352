import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

export const deleteSecretRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('secrets').where('tenant_id', '=', q.tenantId).where('id', '=', id));
