import type { AccessControl } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import * as store from './store.ts';

export interface AccessControlService {
  /** Whether the rules of all these applications admit the user. Called only for applications with limited access. */
  mayUse: (q: Queries, applicationIds: readonly string[], userId: string) => Promise<boolean>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, applicationId: string) => Promise<AccessControl>;
  /**
   * Replaces all rules.
   * @throws AldabaError `entity.not_exists_with_id`, `application.invalid_type` for applications that do not sign users
   *   in, `user.invalid_role_type`, `entity.relation_foreign_key_not_found`
   */
  replace: (q: Queries, applicationId: string, rules: AccessControl) => Promise<AccessControl>;
}

export function createAccessControl(): AccessControlService {
  const requireType = async (q: Queries, id: string) => {
    const type = await store.findApplicationType(q, id);
    if (type === undefined) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
    return type;
  };
  return {
    mayUse: store.mayUse,
    get: async (q, applicationId) => {
      await requireType(q, applicationId);
      return store.findRules(q, applicationId);
    },
    replace: atomic(async (tx, applicationId, rules) => {
      if ((await requireType(tx, applicationId)) === 'MachineToMachine')
        throw new AldabaError('application.invalid_type');
      if (await store.hasMachineRole(tx, rules)) throw new AldabaError('user.invalid_role_type');
      await store.replaceRules(tx, applicationId, rules);
      return store.findRules(tx, applicationId);
    }),
  };
}
