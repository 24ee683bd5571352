import type { ImportReport, TransferredUser } from '@aldaba/contract';
import type { Tenant } from '../../../tenancy/index.ts';
import { importUsers } from './import.ts';
import { type Line, splitLines } from './lines.ts';
import type { UserTransfersNeeds } from './needs.ts';
import type { ImportOptions } from './record.ts';
import { type Cursor, findPage } from './store.ts';

export interface UserTransfers {
  /**
   * Creates a user per line, in transactions of 500. Skips existing users, so a file can be imported again after a
   * failure. Yields a report per rejected line and a final summary. Never throws because of a line's content. Does not
   * emit `User.Created` and does not apply just-in-time membership.
   */
  import: (
    tenant: Tenant,
    lines: AsyncIterable<Line>,
    options?: ImportOptions & { fromLine?: number | undefined },
  ) => AsyncGenerator<ImportReport>;
  /** The same for the bytes of a file with one JSON object per line. */
  importBytes: (
    tenant: Tenant,
    chunks: AsyncIterable<Buffer>,
    options?: ImportOptions & { fromLine?: number | undefined },
  ) => AsyncGenerator<ImportReport>;
  /** All users, oldest first, in pages and without locks: users created during the export may be missing. */
  export: (tenant: Tenant, options?: { withPasswords?: boolean | undefined }) => AsyncGenerator<TransferredUser>;
}

const pageSize = 500;

export function createUserTransfers(needs: UserTransfersNeeds): UserTransfers {
  return {
    import: (tenant, lines, options = {}) => importUsers(needs, tenant, lines, options),
    importBytes: (tenant, chunks, options = {}) => importUsers(needs, tenant, splitLines(chunks), options),
    async *export(tenant, { withPasswords = false } = {}) {
      let after: Cursor | undefined;
      for (;;) {
        const rows = await findPage(tenant.db, after, { limit: pageSize, withPasswords });
        for (const { record } of rows) yield record;
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = { createdAt: last.created_at, id: last.id };
      }
    },
  };
}
