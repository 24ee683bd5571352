/** Changes outside of a transaction that must not compile. `npm run check` compiles this file. */
import type { Organizations } from '../../server/src/features/organizations/organizations/index.ts';
import type { createUsers, Users } from '../../server/src/features/people/users/index.ts';
import type { Database, Queries, Transaction } from '../../server/src/store/index.ts';
import { atomic } from '../../server/src/store/transaction.ts';

/** What deletes a user needs a transaction: it ends sessions, deletes the row and publishes an event. */
export const removals = (
  needs: Parameters<typeof createUsers>[0],
  remove: (tx: Transaction, id: string) => Promise<void>,
) => {
  const right: Users['remove'][] = [
    atomic(remove),
    atomic(async (tx, id) => remove(tx, id)),
    (q, id) => q.transaction((tx) => remove(tx, id)),
  ];
  const wrong: Users['remove'][] = [
    // @ts-expect-error the transaction around the removal was deleted
    (q, id) => remove(q, id),
    async (q, id) => {
      // @ts-expect-error the same, with two steps
      await needs.sessions.endAll(q, id);
    },
  ];
  return { right, wrong };
};

export function handles(database: Database, organizations: Organizations, work: (tx: Transaction) => Promise<void>) {
  const q: Queries = database.tenant('default');
  const right = [
    () => q.transaction(work),
    () => q.transaction((tx) => tx.transaction(work)),
    // A method that is atomic by itself opens a transaction, or joins the one that its caller runs.
    () => organizations.addMembers(q, 'user', 'acme', []),
    () => q.transaction((tx) => organizations.addMembers(tx, 'user', 'acme', [])),
  ];
  const wrong = [
    // @ts-expect-error a database handle is not a transaction
    () => work(q),
    // @ts-expect-error neither is the handle that sees all tenants
    () => work(database.system),
    // @ts-expect-error neither is a copy with the same members
    () => work({ ...q }),
  ];
  return { right, wrong };
}
