/** Changes outside of a transaction that must not compile. `npm run check` compiles this file. */
import type { Organizations } from '../../server/src/features/organizations/organizations/index.ts';
import type { createUsers, Users } from '../../server/src/features/people/users/index.ts';
import type { Changes } from '../../server/src/kernel/changes.ts';
import type { Events } from '../../server/src/kernel/events.ts';
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

/**
 * What announces, publishes or writes in several steps takes a transaction, and no service may hide that behind a
 * handle: members of interfaces are properties, whose parameters are checked strictly (methods are not).
 */
export const services = () => {
  class Removal {
    async remove(_tx: Transaction, _id: string) {}
  }
  const right: Users['remove'][] = [async (_q: Queries, _id: string) => undefined];
  const wrong = [
    // @ts-expect-error an implementation that needs a transaction, where callers may give any handle
    (): Users['remove'] => async (_tx: Transaction, _id: string) => undefined,
    // @ts-expect-error the same in a whole service
    (users: Users): Users => ({ ...users, remove: async (_tx: Transaction, _id: string) => undefined }),
    // @ts-expect-error the same in a class
    (removal: Removal): Pick<Users, 'remove'> => removal,
    // @ts-expect-error events that any handle may publish, implemented for transactions
    (events: Events<Transaction>): Events<Queries> => events,
    // @ts-expect-error changes that any handle may announce, implemented for transactions
    (changes: Pick<Changes<Transaction>, 'announce'>): Pick<Changes<Queries>, 'announce'> => changes,
    // @ts-expect-error what runs for a change gets a transaction, not just any handle
    (changes: Pick<Changes<Queries>, 'on'>): Pick<Changes<Transaction>, 'on'> => changes,
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
