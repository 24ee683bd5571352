import * as contract from '@aldaba/contract';
import { Answer, Empty, type Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Actions } from './service.ts';

/** `/api/configs/actions`. */
export function actionRoutes(implement: Implement, actions: Actions): void {
  const get = async (tenant: Tenant, type: contract.ActionType) => {
    const action = await actions.find(tenant, type);
    if (!action) throw new AldabaError('entity.not_found');
    return action;
  };
  implement(contract.listActions, ({ tenant }) => actions.list(tenant));
  implement(contract.getAction, ({ tenant, params }) => get(tenant, params.actionType));
  implement(contract.putAction, async ({ tenant, params, body }) => {
    const isNew = await actions.save(tenant, params.actionType, body);
    return new Answer(isNew ? 201 : 200, body);
  });
  implement(contract.updateAction, ({ tenant, params, body }) => actions.update(tenant, params.actionType, body));
  implement(contract.deleteAction, async ({ tenant, params }) => {
    if (!(await actions.remove(tenant, params.actionType))) throw new AldabaError('entity.not_found');
  });
  implement(contract.testAction, async ({ tenant, body }) => {
    const verdict = await actions.test(tenant, body, body.event);
    if (verdict.kind === 'denied') throw new AldabaError('action.access_denied', { message: verdict.message });
    if (verdict.kind === 'failed') {
      const { reason, message, line } = verdict;
      throw new AldabaError('action.execution_failed', { reason: message ?? reason, kind: reason, line });
    }
    return verdict.changes ? { action: 'updateUser' as const, user: verdict.changes } : new Empty(204);
  });
}
