import type { Jobs } from '../services/jobs/index.ts';
import type { Transaction } from '../store/index.ts';
import { announceLogout } from './backchannel-logout.ts';
import { deleteAllOfUser } from './store/endings.ts';

/**
 * Ends the sessions, grants and tokens of a suspended or deleted user, and notifies applications that use back-channel
 * logout.
 */
export const endOfUser =
  (jobs: Pick<Jobs, 'enqueue'>) =>
  async (tx: Transaction, userId: string): Promise<void> => {
    await announceLogout(jobs, tx, { userId });
    await deleteAllOfUser(tx, userId);
  };
