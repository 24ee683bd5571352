/** Authorization: APIs, their permissions, and the roles that give them. */
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Events } from '../../kernel/events.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import { createResources } from './resources/index.ts';
import { resourceRoutes } from './resources/routes.ts';
import { createRoles } from './roles/index.ts';
import { roleRoutes } from './roles/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  events: Events<Transaction>;
}

type AuthorizationArea = ReturnType<typeof createAuthorizationArea>;

export function createAuthorizationArea({ database, caches, changes, events }: Needs) {
  return {
    resources: createResources({ database, caches, changes, events }),
    roles: createRoles({ database, caches, changes, events }),
  };
}

export function mountAuthorizationArea(implement: Implement, area: AuthorizationArea): void {
  resourceRoutes(implement, area.resources);
  roleRoutes(implement, area.roles);
}
