/**
 * Status: tells load balancers and scripts that the server is up. It asks for nothing, so that a slow database does not
 * make a working node disappear.
 */
import { getStatus, getSystemApplicationConfig } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';

/** `/api/status`. */
export function statusRoutes(implement: Implement): void {
  implement(getStatus, async () => undefined);
}

/** `/api/systems`: nothing here puts a proxy in front of applications, so there is no domain for them. */
export function systemRoutes(implement: Implement): void {
  implement(getSystemApplicationConfig, async () => {
    throw new AldabaError('request.feature_not_supported');
  });
}
