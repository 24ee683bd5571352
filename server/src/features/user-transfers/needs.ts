import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Organizations } from '../organizations/index.ts';
import type { Roles } from '../roles/index.ts';

export interface UserTransfersNeeds {
  clock: Clock;
  log: Log;
  roles: Pick<Roles, 'assignDefaults' | 'assign'>;
  organizations: Pick<Organizations, 'addMembers' | 'addRoles'>;
}
