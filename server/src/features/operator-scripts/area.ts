/** Operator scripts: JavaScript of operators that runs in isolates. */
import { availableParallelism } from 'node:os';
import type { Implement } from '../../http/index.ts';
import type { Audit } from '../../kernel/audit.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import { createScripts } from '../../services/isolates/index.ts';
import type { Tenancy } from '../../tenancy/index.ts';
import { createActions } from './actions/index.ts';
import { actionRoutes } from './actions/routes.ts';
import { createCustomClaims } from './custom-claims/index.ts';
import { customClaimsRoutes } from './custom-claims/routes.ts';

interface Needs {
  tenancy: Tenancy;
  vault: Vault;
  log: Log;
  logs: Audit;
}

type OperatorScriptsArea = ReturnType<typeof createOperatorScriptsArea>;

export function createOperatorScriptsArea({ tenancy, vault, log, logs }: Needs) {
  const scripts = createScripts({ size: Math.max(2, availableParallelism()) });
  return {
    actions: createActions({ tenancy, vault, log, logs, scripts }),
    customClaims: createCustomClaims({ tenancy, vault, log, logs, scripts }),
    /** Ends the isolates. */
    close: scripts.close,
  };
}

export function mountOperatorScriptsArea(implement: Implement, area: OperatorScriptsArea): void {
  actionRoutes(implement, area.actions);
  customClaimsRoutes(implement, area.customClaims);
}
