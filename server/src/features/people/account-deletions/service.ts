import type { AccountDeletion } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Database, Queries, Sweep, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Users } from '../users/index.ts';
import * as store from './store.ts';

export interface AccountDeletionsNeeds {
  database: Database;
  clock: Clock;
  changes: Pick<Changes<Transaction>, 'announce'>;
  events: Events<Transaction>;
  logs: Audit;
  users: Pick<Users, 'get' | 'remove'>;
}

export interface AccountDeletions {
  find: (q: Queries, userId: string) => Promise<AccountDeletion | undefined>;
  /** The next one first. */
  list: (q: Queries, slice: Slice) => Promise<Listed<AccountDeletion>>;
  /** Schedules the deletion; a second request changes nothing. @throws AldabaError `entity.not_found` */
  request: (q: Queries, userId: string, graceDays: number) => Promise<AccountDeletion>;
  /** Cancels the deletion if one is scheduled, without a notice to the user. Returns whether one was. */
  drop: (tx: Transaction, userId: string) => Promise<boolean>;
  /** @throws AldabaError `entity.not_found` if none is scheduled */
  cancel: (q: Queries, userId: string) => Promise<void>;
  /** Deletes the accounts that are due, of all tenants. */
  sweep: Sweep;
}

/** Milliseconds. */
const day = 86_400_000;

export function createAccountDeletions(needs: AccountDeletionsNeeds): AccountDeletions {
  const { database, clock, changes, events, logs, users } = needs;
  const drop: AccountDeletions['drop'] = async (tx, userId) => {
    const isDropped = await store.deleteDeletion(tx, userId);
    if (isDropped)
      await events.publish(tx, 'User.Deletion.Canceled', async () => ({ data: await users.get(tx, userId) }));
    return isDropped;
  };
  return {
    find: store.findDeletion,
    list: store.findDeletions,
    request: atomic(async (tx, userId, graceDays) => {
      const user = await users.get(tx, userId);
      const requestedAt = clock.now();
      const wished = { userId, requestedAt, deletesAt: requestedAt + graceDays * day };
      if (await store.insertDeletion(tx, wished)) {
        const { deletesAt } = wished;
        await events.publish(tx, 'User.Deletion.Requested', { data: user, deletesAt });
        await changes.announce(tx, 'account.changed', { userId, what: 'deletion-requested', deletesAt });
      }
      return (await store.findDeletion(tx, userId)) ?? wished;
    }),
    drop,
    cancel: atomic(async (tx, userId) => {
      if (!(await drop(tx, userId))) throw new AldabaError('entity.not_found');
      await changes.announce(tx, 'account.changed', { userId, what: 'deletion-canceled' });
    }),
    async sweep(now, isStopped) {
      let count = 0;
      let failure: unknown;
      for (const { tenantId, userId } of await store.findDue(database.system, new Date(now))) {
        if (isStopped()) break;
        try {
          const isDeleted = await database.tenant(tenantId).transaction(async (tx) => {
            // The user may have canceled in between.
            if (!(await store.deleteDeletion(tx, userId, new Date(now)))) return false;
            await users.remove(tx, userId);
            return true;
          });
          if (!isDeleted) continue;
        } catch (error) {
          // The others must not wait for it.
          failure = error;
          continue;
        }
        logs.write(tenantId, { key: 'Account.Delete', result: 'Success', userId });
        count += 1;
      }
      if (failure !== undefined) throw failure;
      return count;
    },
  };
}
