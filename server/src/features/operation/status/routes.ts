import { getReadiness, getStatus, getSystemApplicationConfig } from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Readiness } from './readiness.ts';

/** `/api/status` and `/api/status/ready`. */
export function statusRoutes(implement: Implement, readiness: Readiness): void {
  implement(getStatus, async () => undefined);
  implement(getReadiness, async () => ({ status: 'ready' as const, checks: await readiness.check() }));
}

/** `/api/systems`: Aldaba does not proxy applications, so it has no domain for them. */
export function systemRoutes(implement: Implement): void {
  implement(getSystemApplicationConfig, async () => {
    throw new AldabaError('request.feature_not_supported');
  });
}
