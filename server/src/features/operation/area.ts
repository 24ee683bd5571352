/** Operation: setting up a tenant, its team, its settings as a whole, and moving users in and out. */
import type { Implement } from '../../http/index.ts';
import type { Audit } from '../../kernel/audit.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import type { MessageLimits } from '../../services/message-limits/index.ts';
import type { Passwords } from '../../services/passwords/index.ts';
import type { Tenancy } from '../../tenancy/index.ts';
import type { SignInExperiences } from '../appearance/sign-in-experience/index.ts';
import type { Roles } from '../authorization/roles/index.ts';
import type { Organizations } from '../organizations/organizations/index.ts';
import type { SecondFactors } from '../people/mfa-verifications/index.ts';
import type { Users } from '../people/users/index.ts';
import { createConfigs } from './configs/index.ts';
import { configRoutes } from './configs/routes.ts';
import { createSetup } from './setup/index.ts';
import { systemRoutes } from './status/routes.ts';
import { createTeam, type TeamNeeds } from './team/index.ts';
import { teamRoutes } from './team/routes.ts';
import { createManagedTenants } from './tenants/index.ts';
import { managedTenantRoutes } from './tenants/routes.ts';
import { createUserTransfers } from './user-transfers/index.ts';
import { userTransferRoutes } from './user-transfers/routes.ts';

interface Needs {
  clock: Clock;
  log: Log;
  tenancy: Tenancy;
  passwords: Passwords;
  roles: Roles;
  users: Users;
  organizations: Organizations;
  signInExperiences: SignInExperiences;
  logs: Audit;
  secondFactors: SecondFactors;
  vault: Vault;
  limits: MessageLimits;
  connectors: TeamNeeds['connectors'];
}

type OperationArea = ReturnType<typeof createOperationArea>;

export function createOperationArea(needs: Needs) {
  const { clock, log, logs, tenancy, passwords, roles, users, organizations, signInExperiences } = needs;
  const { secondFactors, limits, connectors, vault } = needs;
  const setup = createSetup({
    clock,
    logs,
    tenancy,
    passwords,
    users,
    roles,
    signInExperiences,
    secondFactors,
    vault,
  });
  return {
    configs: createConfigs({ tenancy }),
    managedTenants: createManagedTenants({ tenancy, roles }),
    setup,
    team: createTeam({ log, logs, tenancy, roles, users, secondFactors, setup, limits, connectors }),
    userTransfers: createUserTransfers({ clock, log, roles, organizations }),
  };
}

/** The routes of the API; `server/src/routes.ts` mounts the pages, and the status with the keys of the protocol. */
export function mountOperationArea(implement: Implement, area: OperationArea): void {
  configRoutes(implement, area.configs);
  userTransferRoutes(implement, area.userTransfers);
  systemRoutes(implement);
  managedTenantRoutes(implement, area.managedTenants);
  teamRoutes(implement, area.team);
}
