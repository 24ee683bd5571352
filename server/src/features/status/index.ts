/**
 * Status: tells load balancers and scripts that the server is up. It asks for nothing, so that a slow database does not
 * make a working node disappear.
 */
import { getStatus } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';

/** `/api/status`. */
export function statusRoutes(implement: Implement): void {
  implement(getStatus, async () => undefined);
}
