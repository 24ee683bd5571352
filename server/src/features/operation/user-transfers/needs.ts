import type { Clock } from '../../../kernel/clock.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Roles } from '../../authorization/roles/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';

export interface UserTransfersNeeds {
  clock: Clock;
  log: Log;
  roles: Pick<Roles, 'assignDefaults' | 'assign'>;
  organizations: Pick<Organizations, 'addMembers' | 'addRoles'>;
}
