import type { PersonalAccessToken } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardSecret } from '../../../kernel/ids.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries } from '../../../store/database.ts';
import type { DetailedUser, SubjectQuery, Users } from '../users/index.ts';
import * as store from './store.ts';

export interface PersonalAccessTokensNeeds {
  clock: Clock;
  vault: Vault;
  users: Pick<Users, 'get' | 'findHolder'>;
}

/** The user that a token belongs to. */
export interface TokenHolder {
  /** Identifies the token without revealing its value. */
  id: string;
  userId: string;
  /** Milliseconds since the epoch; undefined for a token that does not expire. */
  expiresAt: number | undefined;
  isExpired: boolean;
  /** False if the requested application has limited access and no rule admits the user. */
  mayUse: boolean;
  /** Set if details were requested. */
  person: DetailedUser | undefined;
}

interface Place {
  userId: string;
  name: string;
}

export interface PersonalAccessTokens {
  /**
   * The user that a token belongs to, in one statement; expired tokens are distinguished from unknown ones.
   * @returns undefined for unknown values and for suspended users
   */
  findHolder: (q: Queries, value: string, asked: SubjectQuery) => Promise<TokenHolder | undefined>;
  /** Oldest first, with their values. @throws AldabaError `entity.not_found` */
  list: (q: Queries, userId: string) => Promise<PersonalAccessToken[]>;
  /**
   * @param draft `expiresAt` in milliseconds since the epoch
   * @throws AldabaError `entity.not_found`, `user.personal_access_token_name_exists`, `request.invalid_input`
   */
  create: (
    q: Queries,
    userId: string,
    draft: { name: string; expiresAt?: number | null | undefined },
  ) => Promise<PersonalAccessToken>;
  /** @throws AldabaError `entity.not_found`, `user.personal_access_token_name_exists` */
  rename: (q: Queries, place: Place, name: string) => Promise<PersonalAccessToken>;
  /** @throws AldabaError `entity.not_found` */
  remove: (q: Queries, place: Place) => Promise<void>;
}

const prefix = 'pat_';

export function createPersonalAccessTokens({ clock, vault, users }: PersonalAccessTokensNeeds): PersonalAccessTokens {
  const contextOf = (q: Queries, userId: string, hash: string) =>
    `${q.tenantId}/personal_access_tokens/${userId}/${hash}`;
  const open = (q: Queries, { valueSealed, valueHash, ...token }: store.StoredToken): PersonalAccessToken => ({
    tenantId: q.tenantId,
    ...token,
    value: vault.open(valueSealed, contextOf(q, token.userId, valueHash)),
  });
  return {
    findHolder: async (q, value, asked) => {
      // Values of other kinds are never looked up here.
      const found = value.startsWith(prefix) ? await store.findHolder(users, q, hashToken(value), asked) : undefined;
      return (
        found && {
          id: found.id,
          userId: found.userId,
          expiresAt: found.expiresAt?.getTime(),
          isExpired: (found.expiresAt?.getTime() ?? Infinity) <= clock.now(),
          mayUse: found.mayUse,
          person: found.person,
        }
      );
    },
    list: async (q, userId) => {
      await users.get(q, userId);
      return (await store.findTokens(q, userId)).map((token) => open(q, token));
    },
    create: async (q, userId, { name, expiresAt = null }) => {
      if (expiresAt !== null && expiresAt <= clock.now())
        throw new AldabaError('request.invalid_input', { details: 'expiresAt must be in the future.' });
      await users.get(q, userId);
      const value = `${prefix}${standardSecret()}`;
      const valueHash = hashToken(value);
      const stored = await named(
        store.insertToken(q, {
          userId,
          name,
          valueHash,
          valueSealed: vault.seal(value, contextOf(q, userId, valueHash)),
          createdAt: new Date(clock.now()),
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        }),
      );
      return open(q, stored);
    },
    rename: async (q, place, name) => {
      const renamed = await named(store.renameToken(q, place, name));
      if (!renamed) throw new AldabaError('entity.not_found');
      return open(q, renamed);
    },
    remove: async (q, place) => {
      if ((await store.deleteToken(q, place)) === 0) throw new AldabaError('entity.not_found');
    },
  };
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    switch (constraintOf(error)) {
      case 'personal_access_tokens_pkey':
        throw new AldabaError('user.personal_access_token_name_exists', undefined, { cause: error });
      // The user was deleted concurrently.
      case 'personal_access_tokens_tenant_id_user_id_fkey':
        throw new AldabaError('entity.not_found', undefined, { cause: error });
      default:
        throw error;
    }
  }
}
