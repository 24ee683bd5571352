import type { Jobs } from '../services/jobs/index.ts';
import type { Transaction } from '../store/index.ts';
import { announceLogout } from './backchannel-logout.ts';
import { deleteAllOfUser } from './store/endings.ts';

/** What ends with a suspended or deleted user: sessions, grants and tokens; the applications that want to know are told. */
export const endOfUser =
  (jobs: Pick<Jobs, 'enqueue'>) =>
  async (tx: Transaction, userId: string): Promise<void> => {
    await announceLogout(jobs, tx, { userId });
    await deleteAllOfUser(tx, userId);
  };
