import { type Caller, hasFullAccess } from '../../../http/guards.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/database.ts';
import { isManagementIndicator } from '../../../tenancy/management-indicator.ts';
import { findIndicatorsOfGrant, type Grant } from './store.ts';

/**
 * A caller with access to a part of the Management API must not gain or grant access to the rest: only callers with the
 * scope `all` may grant Management API permissions or read the secrets of applications that have them.
 *
 * @throws AldabaError `auth.forbidden`
 */
export async function requireGrantable(q: Queries, caller: Caller, grant: Grant): Promise<void> {
  if (hasFullAccess(caller)) return;
  const indicators = await findIndicatorsOfGrant(q, grant);
  if (indicators.some(isManagementIndicator)) throw new AldabaError('auth.forbidden');
}
