import { noSession } from '@aldaba/connectors/kit';
import type { SsoTokenSecret, TokenSecret } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Connectors } from '../../connectors/connectors/index.ts';
import type { TokenSets } from '../../connectors/token-sets/index.ts';
import type { SsoIdentities } from '../sso-identities/index.ts';
import type { Identity, User, Users } from '../users/index.ts';

export interface UserIdentitiesNeeds {
  users: Pick<Users, 'get' | 'linkIdentity' | 'unlinkIdentity' | 'endSessions'>;
  connectors: Pick<Connectors, 'get' | 'instance'>;
  tokenSets: Pick<TokenSets, 'pack' | 'keep' | 'find' | 'findSso' | 'list'>;
  ssoIdentities: Pick<SsoIdentities, 'list' | 'get'>;
}

type Identities = User['identities'];

export interface UserIdentities {
  /** By target. @throws AldabaError `entity.not_found` */
  list: (q: Queries, userId: string) => Promise<Identities>;
  /** @throws AldabaError `entity.not_found`, `user.identity_not_exist` */
  get: (q: Queries, userId: string, target: string) => Promise<Identities[string]>;
  /** What is known of the provider's tokens that are stored for an identity. */
  tokenSecret: (q: Queries, userId: string, target: string) => Promise<TokenSecret | undefined>;
  tokenSecrets: (q: Queries, userId: string) => Promise<TokenSecret[]>;
  /** Identities at enterprise providers. */
  sso: Pick<SsoIdentities, 'list' | 'get'>;
  ssoTokenSecret: (q: Queries, userId: string, connectorId: string) => Promise<SsoTokenSecret | undefined>;
  /**
   * Reads the account from the provider and links it, replacing the user's identity at that provider. Returns all
   * identities.
   * @param answer the connector, and the parameters of the provider's callback
   * @throws AldabaError `entity.not_found`, `session.invalid_connector_id`, `user.identity_already_in_use`,
   *   `connector.*`
   */
  link: (
    tenant: Tenant,
    userId: string,
    answer: { connectorId: string; connectorData: Record<string, unknown> },
  ) => Promise<Identities>;
  /**
   * Sets the identity at a target. Replacing one revokes the user's sessions and grants unless `revokeSessions` is
   * false.
   * @throws AldabaError `entity.not_found`, `user.identity_already_in_use`
   */
  replace: (
    q: Queries,
    userId: string,
    target: string,
    identity: Identity & { revokeSessions?: boolean },
  ) => Promise<{ isNew: boolean; identities: Identities }>;
  /**
   * Removes an identity and revokes the user's sessions and grants unless `revokeSessions` is false.
   * @throws AldabaError `entity.not_found`, `user.identity_not_exist`
   */
  remove: (q: Queries, userId: string, target: string, options: { revokeSessions: boolean }) => Promise<User>;
}

export function createUserIdentities({
  users,
  connectors,
  tokenSets,
  ssoIdentities,
}: UserIdentitiesNeeds): UserIdentities {
  const list: UserIdentities['list'] = async (q, userId) => (await users.get(q, userId)).identities;
  const replace: UserIdentities['replace'] = atomic(async (tx, userId, target, given) => {
    const { revokeSessions = true, ...identity } = given;
    const isNew = await users.linkIdentity(tx, userId, target, identity);
    if (!isNew && revokeSessions) await users.endSessions(tx, userId);
    return { isNew, identities: await list(tx, userId) };
  });
  return {
    list,
    get: async (q, userId, target) => {
      const identities = await list(q, userId);
      const identity = Object.hasOwn(identities, target) ? identities[target] : undefined;
      if (!identity) throw new AldabaError('user.identity_not_exist');
      return identity;
    },
    tokenSecret: tokenSets.find,
    tokenSecrets: tokenSets.list,
    sso: ssoIdentities,
    ssoTokenSecret: tokenSets.findSso,
    link: async (tenant, userId, { connectorId, connectorData }) => {
      // Check before the provider is called: the callback's code can be redeemed only once.
      await users.get(tenant.db, userId);
      await connectors.get(tenant, connectorId);
      const connector = await connectors.instance(tenant, connectorId);
      if (!connector) throw new AldabaError('session.invalid_connector_id', { connectorId });
      const { userInfo, tokenResponse } = await connector.getTokenResponseAndUserInfo(connectorData, {
        session: noSession,
      });
      const { target } = connector;
      const identity = { userId: userInfo.id, details: { ...userInfo } };
      const id = standardId();
      const sealed = tokenSets.pack(tenant, id, tokenResponse);
      return tenant.db.transaction(async (tx) => {
        const { identities } = await replace(tx, userId, target, identity);
        const owner = { userId, connectorId, target, identityId: userInfo.id, isSso: false };
        if (sealed !== undefined) await tokenSets.keep(tx, owner, { id, sealed });
        return identities;
      });
    },
    replace,
    remove: atomic(async (tx, userId, target, { revokeSessions }) => {
      const user = await users.unlinkIdentity(tx, userId, target);
      if (revokeSessions) await users.endSessions(tx, userId);
      return user;
    }),
  };
}
