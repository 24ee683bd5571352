/**
 * How a directory ends the access of a person, and restores it: the same for SCIM and LDAP. Owns no table: each
 * directory keeps what it ended itself.
 */
import type { Transaction } from '../../../store/database.ts';
import type { Users } from '../../people/users/index.ts';

type SuspendingUsers = Pick<Users, 'update'>;

/**
 * Suspends an account, which ends its sessions, grants and tokens in the same transaction. Returns whether the
 * directory did that: an operator's suspension is not its own.
 */
export async function suspend(
  users: SuspendingUsers,
  tx: Transaction,
  { id, isSuspended }: { id: string; isSuspended: boolean },
): Promise<boolean> {
  if (isSuspended) return false;
  await users.update(tx, id, { isSuspended: true });
  return true;
}

/** Reverts a suspension of the directory's own. Returns whether there was one. */
export async function restore(
  users: SuspendingUsers,
  tx: Transaction,
  { id, isSuspended, hasSuspended }: { id: string; isSuspended: boolean; hasSuspended: boolean },
): Promise<boolean> {
  if (!isSuspended || !hasSuspended) return false;
  await users.update(tx, id, { isSuspended: false });
  return true;
}
