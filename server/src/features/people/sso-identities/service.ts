import type { SsoIdentity } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { User, Users } from '../users/index.ts';
import * as store from './store.ts';

interface SsoIdentitiesNeeds {
  users: Pick<Users, 'find' | 'get' | 'endSessions'>;
  events: Events<Transaction>;
  clock: Clock;
}

export interface SsoIdentities {
  /** The user whom a person of a provider is. */
  findUser: (q: Queries, key: store.SsoIdentityKey) => Promise<User | undefined>;
  /** @throws AldabaError `entity.not_found` */
  list: (q: Queries, userId: string) => Promise<SsoIdentity[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (q: Queries, userId: string, connectorId: string) => Promise<SsoIdentity>;
  /**
   * Sets who the user is at a provider, with what it told. Returns whether the user has it for the first time.
   * @throws AldabaError `user.identity_already_in_use`
   */
  link: (
    tx: Transaction,
    userId: string,
    identity: store.SsoIdentityKey & { detail: Record<string, unknown>; sessionId?: string | undefined },
  ) => Promise<boolean>;
  /** The provider signed a person out: ends the sessions and grants of the users. Returns their ids. */
  endSessions: (
    tx: Transaction,
    connectorId: string,
    by: { issuer: string; identityId?: string | undefined; sessionId?: string | undefined },
  ) => Promise<string[]>;
}

/** Characters of what a provider told that are stored. */
const maximumDetail = 16_384;

export function createSsoIdentities({ users, events, clock }: SsoIdentitiesNeeds): SsoIdentities {
  const list: SsoIdentities['list'] = async (q, userId) => {
    await users.get(q, userId);
    return store.findIdentities(q, userId);
  };
  return {
    findUser: async (q, key) => {
      const userId = await store.findUserId(q, key);
      return userId === undefined ? undefined : users.find(q, userId);
    },
    list,
    get: async (q, userId, connectorId) => {
      const found = (await list(q, userId)).find(({ ssoConnectorId }) => ssoConnectorId === connectorId);
      if (!found) throw new AldabaError('entity.not_found');
      return found;
    },
    link: async (tx, userId, { detail, sessionId, ...key }) => {
      const kept = JSON.stringify(detail).length > maximumDetail ? {} : makeStorable(detail);
      const written = { id: standardId(), userId, ...key, detail: kept, sessionId, now: new Date(clock.now()) };
      const outcome = await store.upsertIdentity(tx, written).catch((error: unknown) => {
        const isTaken = constraintOf(error)?.startsWith('user_sso_identities_');
        throw isTaken ? new AldabaError('user.identity_already_in_use', undefined, { cause: error }) : error;
      });
      if (outcome === 'changed')
        await events.publish(tx, 'User.Data.Updated', async () => ({ data: await users.get(tx, userId) }));
      return outcome === 'changed';
    },
    endSessions: async (tx, connectorId, by) => {
      const ids = await store.findSignedIn(tx, connectorId, by);
      for (const id of ids.sort()) await users.endSessions(tx, id);
      return ids;
    },
  };
}
