import * as contract from '@aldaba/contract';
import { requireFullAccess } from '../../../http/guards.ts';
import type { Implement } from '../../../http/implement.ts';
import { Lines, readLines } from '../../../http/ndjson.ts';
import type { UserTransfers } from './service.ts';

/** `/api/users/import` and `/api/users/export`. */
export function userTransferRoutes(implement: Implement, transfers: UserTransfers): void {
  implement(
    contract.importUsers,
    async ({ tenant, query, request }) => new Lines(transfers.importBytes(tenant, readLines(request), query)),
  );
  implement(contract.exportUsers, async ({ tenant, caller, query: { includePasswordHash } }) => {
    if (includePasswordHash) requireFullAccess(caller);
    return new Lines(transfers.export(tenant, { withPasswords: includePasswordHash }));
  });
}
