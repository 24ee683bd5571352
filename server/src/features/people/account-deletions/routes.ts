import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { AccountDeletions } from './service.ts';

/** `/api/account-deletions` and `/api/users/:userId/deletion`. */
export function accountDeletionRoutes(implement: Implement, deletions: AccountDeletions): void {
  implement(contract.listAccountDeletions, async ({ tenant, page }) => {
    const { items, total } = await deletions.list(tenant.db, page as Page);
    return new Paged(items, total);
  });
  implement(contract.getUserDeletion, async ({ tenant, params }) => {
    const found = await deletions.find(tenant.db, params.userId);
    if (!found) throw new AldabaError('entity.not_found');
    return found;
  });
  implement(contract.cancelUserDeletion, ({ tenant, params }) => deletions.cancel(tenant.db, params.userId));
}
