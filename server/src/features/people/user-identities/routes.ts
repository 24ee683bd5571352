import * as contract from '@aldaba/contract';
import { Answer, type Implement } from '../../../http/implement.ts';
import { defined } from '../../../kernel/defined.ts';
import type { Queries } from '../../../store/index.ts';
import type { UserIdentities } from './service.ts';

/** `/api/users/:userId/identities`, `…/all-identities` and `…/sso-identities`. */
export function userIdentityRoutes(implement: Implement, identities: UserIdentities): void {
  implement(contract.createUserIdentity, ({ tenant, params, body }) => identities.link(tenant, params.userId, body));
  implement(contract.getUserIdentity, async ({ tenant, params, query }) => ({
    identity: await identities.get(tenant.db, params.userId, params.target),
    ...(query.includeTokenSecret
      ? defined({ tokenSecret: await identities.tokenSecret(tenant.db, params.userId, params.target) })
      : {}),
  }));
  implement(contract.replaceUserIdentity, async ({ tenant, params, body }) => {
    const replaced = await identities.replace(tenant.db, params.userId, params.target, body);
    return new Answer(replaced.isNew ? 201 : 200, replaced.identities);
  });
  implement(contract.deleteUserIdentity, ({ tenant, params, query }) =>
    identities.remove(tenant.db, params.userId, params.target, query),
  );
  implement(contract.listUserAllIdentities, async ({ tenant, params, query }) => {
    const found = Object.entries(await identities.list(tenant.db, params.userId));
    const secrets = query.includeTokenSecret ? await identities.tokenSecrets(tenant.db, params.userId) : [];
    return {
      socialIdentities: found.map(([target, identity]) => ({
        target,
        identity,
        ...defined({ tokenSecret: secrets.find((secret) => secret.target === target) }),
      })),
      ssoIdentities: await Promise.all(
        (await identities.sso.list(tenant.db, params.userId)).map(async (identity) => ({
          ssoConnectorId: identity.ssoConnectorId,
          ...(await withSecret(identities, tenant.db, identity, query.includeTokenSecret)),
        })),
      ),
    };
  });
  implement(contract.getUserSsoIdentity, async ({ tenant, params, query }) => {
    const identity = await identities.sso.get(tenant.db, params.userId, params.ssoConnectorId);
    return withSecret(identities, tenant.db, identity, query.includeTokenSecret);
  });
}

/** An identity at an enterprise provider, with what is known of its tokens if that is asked for. */
async function withSecret(
  { ssoTokenSecret }: UserIdentities,
  q: Queries,
  ssoIdentity: contract.SsoIdentity,
  asked = false,
) {
  const { userId, ssoConnectorId } = ssoIdentity;
  return {
    ssoIdentity,
    ...defined({ tokenSecret: asked ? await ssoTokenSecret(q, userId, ssoConnectorId) : undefined }),
  };
}
