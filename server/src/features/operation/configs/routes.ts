import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Configs } from './service.ts';

/** `/api/configs/oidc/session`, `/api/configs/id-token`, `/api/configs/admin-console` and `/api/configs/cimd`. */
export function configRoutes(implement: Implement, configs: Configs): void {
  implement(contract.getSessionConfig, ({ tenant }) => configs.session(tenant));
  implement(contract.updateSessionConfig, ({ tenant, body }) => configs.changeSession(tenant, body));
  implement(contract.getIdTokenConfig, ({ tenant }) => configs.idToken(tenant));
  implement(contract.updateIdTokenConfig, ({ tenant, body }) => configs.changeIdToken(tenant, body));
  implement(contract.getAdminConsoleConfig, ({ tenant }) => configs.adminConsole(tenant));
  implement(contract.updateAdminConsoleConfig, ({ tenant, body }) => configs.changeAdminConsole(tenant, body));
  implement(contract.getCimdConfig, async () => ({ enabled: false }));
  implement(contract.updateCimdConfig, async ({ body }) => {
    if (body.enabled) throw new AldabaError('request.feature_not_supported');
    return body;
  });
}
