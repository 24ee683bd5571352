/** Changes that must not compile; `npm run check` compiles this file. See `events.ts`. */
import type { Changes } from '../../server/src/kernel/changes.ts';
import type { Transaction } from '../../server/src/store/index.ts';

export function announcing(changes: Changes<Transaction>, tx: Transaction) {
  const right = [
    () => changes.on('connector-target.deleted', async (given, { target }) => void given.raw('select $1', [target])),
    () => changes.announce(tx, 'profile-field.deleted', { name: 'size' }),
  ];
  const wrong = [
    // @ts-expect-error a change that does not exist
    () => changes.on('connector.renamed', async () => undefined),
    // @ts-expect-error a change that does not exist
    () => changes.announce(tx, 'connector.renamed', {}),
    // @ts-expect-error the members of another change
    () => changes.announce(tx, 'profile-field.deleted', { target: 'github' }),
    // @ts-expect-error a handler that reads what the change does not have
    () => changes.on('profile-field.deleted', async (_tx, { target }) => target),
    // @ts-expect-error not a running transaction
    () => changes.announce({ tenantId: 'default' }, 'scopes.changed', {}),
  ];
  return { right, wrong };
}
