import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries } from '../../../store/database.ts';
import type { DetailedUser, SubjectQuery, Users } from '../users/index.ts';
import * as store from './store.ts';

export interface SubjectTokensNeeds {
  clock: Clock;
  users: Pick<Users, 'findHolder'>;
}

/** A subject token as the exchange sees it. */
export interface SubjectToken {
  /** Identifies the token without revealing its value. */
  id: string;
  userId: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Context from the creator of the token, for scripts that customize tokens. */
  context: Record<string, unknown>;
  isExpired: boolean;
  isConsumed: boolean;
  /** False if the requested application has limited access and no rule admits the user. */
  mayUse: boolean;
  /** Set if details were requested. */
  person: DetailedUser | undefined;
}

export interface SubjectTokens {
  /** @throws AldabaError `entity.not_found` if the user does not exist */
  create: (
    q: Queries,
    draft: { userId: string; context?: Record<string, unknown> | undefined; creatorId?: string | undefined },
  ) => Promise<{ subjectToken: string; expiresIn: number }>;
  /**
   * The user that a token belongs to, in one statement; consumed and expired tokens are distinguished from unknown
   * ones.
   * @returns undefined for unknown values and for suspended users
   */
  find: (q: Queries, value: string, asked: SubjectQuery) => Promise<SubjectToken | undefined>;
  /** Consumes a token. Exactly one of several concurrent exchanges gets `true`. */
  consume: (q: Queries, value: string) => Promise<boolean>;
}

const prefix = 'sub_';
/** Seconds. */
const lifetime = 600;

export function createSubjectTokens({ clock, users }: SubjectTokensNeeds): SubjectTokens {
  return {
    create: async (q, { userId, context = {}, creatorId }) => {
      const value = `${prefix}${standardId()}`;
      const now = clock.now();
      try {
        await store.insertToken(q, {
          tokenHash: hashToken(value),
          userId,
          context,
          creatorId: creatorId ?? null,
          createdAt: new Date(now),
          expiresAt: new Date(now + lifetime * 1000),
        });
      } catch (error) {
        if (constraintOf(error) === 'subject_tokens_tenant_id_user_id_fkey')
          throw new AldabaError('entity.not_found', undefined, { cause: error });
        throw error;
      }
      return { subjectToken: value, expiresIn: lifetime };
    },
    find: async (q, value, asked) => {
      const found = value.startsWith(prefix) ? await store.findToken(users, q, hashToken(value), asked) : undefined;
      return (
        found && {
          id: found.id,
          userId: found.userId,
          expiresAt: found.expiresAt.getTime(),
          context: found.context,
          isExpired: found.expiresAt.getTime() <= clock.now(),
          isConsumed: found.consumedAt !== null,
          mayUse: found.mayUse,
          person: found.person,
        }
      );
    },
    consume: (q, value) => store.consumeToken(q, hashToken(value), new Date(clock.now())),
  };
}
