import { type Caller, hasFullAccess } from '../../../http/guards.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/database.ts';
import { isManagementIndicator } from '../../../tenancy/management-indicator.ts';
import { findIndicatorsOfGrant, type Grant } from './store.ts';

/**
 * A caller that may do a part of the Management API must not give itself or others the rest: permissions of a Management API are
 * granted, and secrets of applications that have one are handed out, by callers with the scope `all` alone.
 *
 * @throws AldabaError `auth.forbidden`
 */
export async function requireGrantable(q: Queries, caller: Caller, grant: Grant): Promise<void> {
  if (hasFullAccess(caller)) return;
  const indicators = await findIndicatorsOfGrant(q, grant);
  if (indicators.some(isManagementIndicator)) throw new AldabaError('auth.forbidden');
}
