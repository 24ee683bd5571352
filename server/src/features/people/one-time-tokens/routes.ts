import * as contract from '@aldaba/contract';
import { type Implement, Paged } from '../../../http/implement.ts';
import type { OneTimeTokens } from './service.ts';

/** `/api/one-time-tokens`. */
export function oneTimeTokenRoutes(implement: Implement, tokens: OneTimeTokens): void {
  implement(contract.listOneTimeTokens, async ({ tenant, query, page }) => {
    const { items, total } = await tokens.list(tenant.db, query, page ?? { limit: 20, offset: 0 });
    return new Paged(items, total);
  });
  implement(contract.createOneTimeToken, ({ tenant, body }) => tokens.create(tenant.db, body));
  implement(contract.verifyOneTimeToken, ({ tenant, body }) => tokens.consume(tenant.db, body));
  implement(contract.getOneTimeToken, ({ tenant, params }) => tokens.get(tenant.db, params.id));
  implement(contract.deleteOneTimeToken, ({ tenant, params }) => tokens.remove(tenant.db, params.id));
  implement(contract.replaceOneTimeTokenStatus, ({ tenant, params, body }) =>
    tokens.end(tenant.db, params.id, body.status),
  );
}
