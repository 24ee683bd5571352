import type { NewScimToken, ScimToken } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId, standardSecret } from '../../../kernel/ids.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries } from '../../../store/database.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import * as store from './store.ts';

export interface ScimTokensNeeds {
  clock: Clock;
  logs: Audit;
  organizations: Pick<Organizations, 'get'>;
}

/** Who acts, for the audit log. */
type Actor = Readonly<Record<string, string>>;

/** A token of a directory; the organization is null for the tenant's. */
interface TokenPlace {
  organizationId: string | null;
  id: string;
}

export interface ScimTokens {
  /** Oldest first, without values. @throws AldabaError `entity.not_exists_with_id` */
  list: (q: Queries, organizationId: string | null) => Promise<ScimToken[]>;
  /**
   * @param draft `expiresAt` in milliseconds since the epoch
   * @throws AldabaError `entity.not_exists_with_id`, `scim_token.too_many`, `entity.unique_integrity_violation`,
   *   `request.invalid_input`
   */
  create: (
    q: Queries,
    organizationId: string | null,
    draft: { name: string; expiresAt?: number | null | undefined },
    by: Actor,
  ) => Promise<NewScimToken>;
  /** @throws AldabaError `entity.not_found`, `entity.unique_integrity_violation`, `request.invalid_input` */
  update: (
    q: Queries,
    place: TokenPlace,
    patch: { name?: string | undefined; expiresAt?: number | null | undefined },
    by: Actor,
  ) => Promise<ScimToken>;
  /**
   * Gives the token a new value. The present one works for `overlap` more seconds.
   * @throws AldabaError `entity.not_found`
   */
  rotate: (q: Queries, place: TokenPlace, overlap: number, by: Actor) => Promise<NewScimToken>;
  /** @throws AldabaError `entity.not_found` */
  get: (q: Queries, place: TokenPlace) => Promise<ScimToken>;
  /** @throws AldabaError `entity.not_found` */
  remove: (q: Queries, place: TokenPlace, by: Actor) => Promise<void>;
  /** The token of a value that works now, which is marked as used. */
  authenticate: (q: Queries, value: string) => Promise<ScimToken | undefined>;
}

const prefix = 'scim_';
const newValue = () => `${prefix}${standardSecret()}`;
const form = /^scim_[0-9A-Za-z]{32}$/;
/** Tokens of one directory: a program and its successor, for a few programs. */
const maximum = 20;
/** Milliseconds: when the token was last used is known to the minute. */
const precision = 60_000;

export function createScimTokens({ clock, logs, organizations }: ScimTokensNeeds): ScimTokens {
  const record = (
    q: Queries,
    action: 'Create' | 'Update' | 'Rotate' | 'Delete',
    { organizationId, by, ...token }: TokenPlace & { name?: string | undefined; by: Actor },
  ) =>
    logs.write(q.tenantId, {
      key: `Scim.Token.${action}`,
      result: 'Success',
      ...(organizationId === null ? {} : { organizationId }),
      params: {
        scimTokenId: token.id,
        ...(token.name === undefined ? {} : { scimTokenName: token.name }),
        ...by,
      },
    });
  const dateOf = (expiresAt: number | null) => {
    if (expiresAt !== null && expiresAt <= clock.now())
      throw new AldabaError('request.invalid_input', { details: 'expiresAt must be in the future.' });
    return expiresAt === null ? null : new Date(expiresAt);
  };
  return {
    list: async (q, organizationId) => {
      if (organizationId !== null) await organizations.get(q, organizationId);
      return store.findTokens(q, organizationId);
    },
    get: async (q, place) => {
      const token = await store.findToken(q, place);
      if (!token) throw new AldabaError('entity.not_found');
      return token;
    },
    create: async (q, organizationId, { name, expiresAt = null }, by) => {
      if (organizationId !== null) await organizations.get(q, organizationId);
      const value = newValue();
      const draft = {
        ...{ id: standardId(), organizationId, name, valueHash: hashToken(value) },
        ...{ createdAt: new Date(clock.now()), expiresAt: dateOf(expiresAt) },
      };
      const token = await q.transaction(async (tx) => {
        await store.lockTokens(tx, organizationId);
        if ((await store.findTokens(tx, organizationId)).length >= maximum)
          throw new AldabaError('scim_token.too_many', { maximum });
        return named(store.insertToken(tx, draft));
      });
      record(q, 'Create', { organizationId, id: token.id, name, by });
      return { ...token, value };
    },
    update: async (q, place, { name, expiresAt }, by) => {
      const patch = { name, expiresAt: expiresAt === undefined ? undefined : dateOf(expiresAt) };
      const token = await named(store.updateToken(q, place, patch));
      if (!token) throw new AldabaError('entity.not_found');
      record(q, 'Update', { ...place, name: token.name, by });
      return token;
    },
    rotate: async (q, place, overlap, by) => {
      const value = newValue();
      const previousExpiresAt = new Date(clock.now() + overlap * 1000);
      const token = await store.rotateToken(q, place, { valueHash: hashToken(value), previousExpiresAt });
      if (!token) throw new AldabaError('entity.not_found');
      record(q, 'Rotate', { ...place, name: token.name, by });
      return { ...token, value };
    },
    remove: async (q, place, by) => {
      const name = await store.deleteToken(q, place);
      if (name === undefined) throw new AldabaError('entity.not_found');
      record(q, 'Delete', { ...place, name, by });
    },
    authenticate: async (q, value) => {
      // Values of other kinds are never looked up here.
      if (!form.test(value)) return undefined;
      const now = clock.now();
      const token = await store.findByHash(q, hashToken(value), new Date(now));
      const isRecent = token?.lastUsedAt != null && token.lastUsedAt > now - precision;
      if (token && !isRecent)
        await store.markUsed(q, token.id, { now: new Date(now), before: new Date(now - precision) });
      return token;
    },
  };
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error) === 'scim_tokens_name')
      throw new AldabaError('entity.unique_integrity_violation', { field: 'name' }, { cause: error });
    throw error;
  }
}
