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
 * Normalizes stored phone numbers with `normalizePhone`, as new ones are, so that `61 0412 345 678` of an earlier
 * version and `61 412 345 678` cannot become two accounts. A number stays unchanged if another user of the tenant has
 * its normalized form. Requires a transaction, and `app.tenant` set to `*`.
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
