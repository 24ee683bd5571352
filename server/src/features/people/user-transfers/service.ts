import type { ImportReport, TransferredUser } from '@aldaba/contract';
import type { Tenant } from '../../../tenancy/index.ts';
import { importUsers } from './import.ts';
import { type Line, splitLines } from './lines.ts';
import type { UserTransfersNeeds } from './needs.ts';
import type { ImportOptions } from './record.ts';
import { type Cursor, findPage } from './store.ts';

export interface UserTransfers {
  /**
   * Creates a user for each line, in transactions of 500. Lines of users that are there already are skipped, so a file can be
   * imported again after a failure. Yields a report for each line that is refused, and a summary last. Never throws for
   * what a line says. Does not emit `User.Created`, nor let users join organizations by their domain.
   */
  import(
    tenant: Tenant,
    lines: AsyncIterable<Line>,
    options?: ImportOptions & { fromLine?: number | undefined },
  ): AsyncGenerator<ImportReport>;
  /** The same for the bytes of a file of one JSON object a line. */
  importBytes(
    tenant: Tenant,
    chunks: AsyncIterable<Buffer>,
    options?: ImportOptions & { fromLine?: number | undefined },
  ): AsyncGenerator<ImportReport>;
  /** All users, oldest first, in pages that do not lock anything: users created while it runs may be missing. */
  export(tenant: Tenant, options?: { withPasswords?: boolean | undefined }): AsyncGenerator<TransferredUser>;
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
