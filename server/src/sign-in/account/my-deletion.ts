/** The deletion of the own account, after the grace period that the account center sets. */
import type { AccountDeletion } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import type { AccountChanges, Visit } from './changes.ts';
import type { AccountContext } from './context.ts';

export interface MyDeletion {
  find: (visit: Visit) => Promise<AccountDeletion | undefined>;
  /** Needs a proof. @throws AldabaError `account_center.field_not_enabled` where users cannot delete their account */
  request: (visit: Visit) => Promise<AccountDeletion>;
  /** Needs none: who is signed in keeps the account. */
  cancel: (visit: Visit) => Promise<void>;
}

export function createMyDeletion(
  { accountDeletions, audit }: AccountContext,
  { requireProof }: Pick<AccountChanges, 'requireProof'>,
): MyDeletion {
  return {
    find: ({ tenant, owner }) => accountDeletions.find(tenant.db, owner.userId),
    request: (visit) =>
      audit.attempt(visit.tenant, visit.owner, { key: 'Account.RequestDeletion', params: {} }, async () => {
        const { deletionGraceDays } = visit.center;
        if (deletionGraceDays === null) throw new AldabaError('account_center.field_not_enabled');
        await requireProof(visit);
        return accountDeletions.request(visit.tenant.db, visit.owner.userId, deletionGraceDays);
      }),
    cancel: (visit) =>
      audit.attempt(visit.tenant, visit.owner, { key: 'Account.CancelDeletion', params: {} }, () =>
        accountDeletions.cancel(visit.tenant.db, visit.owner.userId),
      ),
  };
}
