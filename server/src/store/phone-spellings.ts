import type { ClientBase } from 'pg';
import { normalizePhone } from '../kernel/identifiers.ts';

/** Users per page. */
const pageSize = 5000;

interface Row {
  tenant_id: string;
  id: string;
  primary_phone: string;
}

/**
 * Gives stored phone numbers the spelling that `normalizePhone` gives new ones, so that `61 0412 345 678` of an earlier
 * version and `61 412 345 678` cannot become two accounts. A number whose spelling another user of the tenant has stays
 * as it is. Needs `app.tenant` at `*`, and a transaction.
 */
export async function normalizeStoredPhones(client: ClientBase): Promise<void> {
  let [tenantId, id] = ['', ''];
  for (;;) {
    const { rows } = await client.query<Row>(
      `select tenant_id, id, primary_phone from users where primary_phone is not null and (tenant_id, id) > ($1, $2)
       order by tenant_id, id limit ${pageSize}`,
      [tenantId, id],
    );
    for (const row of rows) {
      const phone = normalizePhone(row.primary_phone);
      if (phone === undefined || phone === row.primary_phone) continue;
      await client.query(
        `update users set primary_phone = $3 where tenant_id = $1 and id = $2
           and not exists (select from users other where other.tenant_id = $1 and other.primary_phone = $3)`,
        [row.tenant_id, row.id, phone],
      );
    }
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    [tenantId, id] = [last.tenant_id, last.id];
  }
}
