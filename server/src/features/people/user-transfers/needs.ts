import type { Clock } from '../../../kernel/clock.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Roles } from '../../authorization/roles/index.ts';

export interface UserTransfersNeeds {
  clock: Clock;
  log: Log;
  roles: Pick<Roles, 'assignDefaults' | 'assign'>;
  organizations: Memberships;
}

/** What an import needs from organizations, which is an area above people. */
interface Memberships {
  addMembers: (tx: Transaction, kind: 'user', organizationId: string, ids: readonly string[]) => Promise<void>;
  addRoles: (
    tx: Transaction,
    members: { kind: 'user'; organizationId: string; ids: readonly string[] },
    roleIds: readonly string[],
  ) => Promise<void>;
}
