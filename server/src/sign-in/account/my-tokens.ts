/** The tokens that social providers issued for the user, as far as connectors store them. */
import type { ProviderAccessToken } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { keepTokens } from '../factors/social/tokens.ts';
import type { AccountChanges, Visit } from './changes.ts';
import { type AccountContext, requireScope, requireShown } from './context.ts';
import type { ProvedSocial } from './verifications.ts';

export interface MyTokens {
  /** @throws AldabaError as `ProviderTokens.accessToken` */
  get: (visit: Visit, target: string) => Promise<ProviderAccessToken>;
  /** The same of an enterprise provider. */
  getSso: (visit: Visit, connectorId: string) => Promise<ProviderAccessToken>;
  /**
   * Replaces the tokens with those of a verification of the same account at the provider, once. The errors of `get`.
   * @throws AldabaError `verification_record.permission_denied`, `connector.token_storage_not_supported`
   */
  replace: (visit: Visit, target: string, recordId: string) => Promise<ProviderAccessToken>;
}

export function createMyTokens(context: AccountContext, { changing }: AccountChanges): MyTokens {
  const { users, records, providerTokens } = context;
  const requireOpen = ({ owner, center }: Visit) => {
    requireScope(owner, 'identities');
    requireShown(center, 'social');
  };
  const get: MyTokens['get'] = async (visit, target) => {
    requireOpen(visit);
    return providerTokens.accessToken(visit.tenant, visit.owner.userId, { target });
  };
  return {
    get,
    getSso: async (visit, ssoConnectorId) => {
      requireOpen(visit);
      return providerTokens.accessToken(visit.tenant, visit.owner.userId, { ssoConnectorId });
    },
    replace: (visit, target, recordId) =>
      changing(visit, 'social', async () => {
        requireOpen(visit);
        const { tenant, owner } = visit;
        await tenant.db.transaction(async (tx) => {
          const proof = await records.use<ProvedSocial>(tx, owner, recordId, 'social');
          const { identities } = await users.get(tx, owner.userId);
          const linked = Object.hasOwn(identities, target) ? identities[target] : undefined;
          if (proof.target !== target || linked?.userId !== proof.identity.id)
            throw new AldabaError('verification_record.permission_denied');
          if (!(await keepTokens(context, tx, owner.userId, proof)))
            throw new AldabaError('connector.token_storage_not_supported');
        });
        return get(visit, target);
      }),
  };
}
