/**
 * Secrets: sealed values stored for a user, such as tokens of other services.
 *
 * Owns the table secrets. Requests enter here; the only route deletes a secret.
 */
import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { deleteSecretRow } from './store.ts';

/** `/api/secrets`. */
export function secretRoutes(implement: Implement): void {
  implement(contract.deleteSecret, async ({ tenant, params }) => {
    if ((await deleteSecretRow(tenant.db, params.id)) === 0) throw new AldabaError('entity.not_found');
  });
}
