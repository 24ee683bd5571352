import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { TokenSets } from './service.ts';

/** `/api/secrets`. */
export function tokenSetRoutes(implement: Implement, tokenSets: TokenSets): void {
  implement(contract.deleteSecret, ({ tenant, params }) => tokenSets.remove(tenant.db, params.id));
}
