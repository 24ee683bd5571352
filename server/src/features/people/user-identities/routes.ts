import * as contract from '@aldaba/contract';
import { Answer, type Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { UserIdentities } from './service.ts';

/** `/api/users/:userId/identities`, `…/all-identities` and `…/sso-identities`. */
export function userIdentityRoutes(implement: Implement, identities: UserIdentities): void {
  implement(contract.createUserIdentity, ({ tenant, params, body }) => identities.link(tenant, params.userId, body));
  implement(contract.getUserIdentity, async ({ tenant, params }) => ({
    identity: await identities.get(tenant.db, params.userId, params.target),
  }));
  implement(contract.replaceUserIdentity, async ({ tenant, params, body }) => {
    const replaced = await identities.replace(tenant.db, params.userId, params.target, body);
    return new Answer(replaced.isNew ? 201 : 200, replaced.identities);
  });
  implement(contract.deleteUserIdentity, ({ tenant, params, query }) =>
    identities.remove(tenant.db, params.userId, params.target, query),
  );
  implement(contract.listUserAllIdentities, async ({ tenant, params }) => ({
    socialIdentities: Object.entries(await identities.list(tenant.db, params.userId)).map(([target, identity]) => ({
      target,
      identity,
    })),
    ssoIdentities: [],
  }));
  implement(contract.getUserSsoIdentity, async ({ tenant, params }) => {
    await identities.list(tenant.db, params.userId);
    // Always empty: enterprise connectors do not exist yet.
    throw new AldabaError('entity.not_found');
  });
}
