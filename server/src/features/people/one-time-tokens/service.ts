import type { ErrorCode, OneTimeToken, OneTimeTokenContext, OneTimeTokenStatus } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { emailKey, normalizeEmail, requireEmail } from '../../../kernel/identifiers.ts';
import { standardId, standardSecret } from '../../../kernel/ids.ts';
import type { Queries } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { isForRecovery } from './recovery.ts';
import * as store from './store.ts';

export interface OneTimeTokens {
  list: (
    q: Queries,
    filter: { email?: string | undefined; status?: OneTimeTokenStatus | undefined },
    slice: Slice,
  ) => Promise<Listed<OneTimeToken>>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<OneTimeToken>;
  /** @param draft.expiresIn seconds */
  create: (
    q: Queries,
    draft: { email: string; context: OneTimeTokenContext; expiresIn: number },
  ) => Promise<OneTimeToken>;
  /**
   * Consumes a token for its address. `recovers`: whether the user is resetting a password, which requires a token made
   * for that purpose; such a token is good for nothing else. If absent, any purpose is accepted.
   * @throws AldabaError `one_time_token.token_not_found`, `…email_mismatch`, `…interaction_event_mismatch`,
   *   `…token_consumed`, `…token_revoked`, `…token_expired`
   */
  consume: (
    q: Queries,
    proof: { token: string; email: string; recovers?: boolean | undefined },
  ) => Promise<OneTimeToken>;
  /**
   * @throws AldabaError `one_time_token.cannot_reactivate_token`, and the errors of `consume` for a token that is no
   *   longer active
   */
  end: (q: Queries, id: string, status: OneTimeTokenStatus) => Promise<OneTimeToken>;
  remove: (q: Queries, id: string) => Promise<void>;
}

const refusals = {
  consumed: 'one_time_token.token_consumed',
  revoked: 'one_time_token.token_revoked',
  expired: 'one_time_token.token_expired',
} as const satisfies Record<Exclude<OneTimeTokenStatus, 'active'>, ErrorCode>;

const sameAddress = (a: string, b: string): boolean => emailKey(a) === emailKey(b);

export function createOneTimeTokens({ clock, vault }: { clock: Clock; vault: Vault }): OneTimeTokens {
  const now = () => new Date(clock.now());
  const contextOf = (tenantId: string, id: string) => `${tenantId}/one_time_tokens/${id}`;
  const show = (tenantId: string, row: store.StoredToken): OneTimeToken => ({
    tenantId,
    id: row.id,
    email: row.email,
    token: vault.open(row.tokenSealed, contextOf(tenantId, row.id)),
    context: row.context,
    status: row.status,
    createdAt: row.createdAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
  });
  const find = async (q: Queries, id: string) => {
    const row = await store.findToken(q, { id }, now());
    if (!row) throw new AldabaError('entity.not_exists_with_id', { name: 'one-time token', id });
    return row;
  };
  const finish = async (q: Queries, row: store.StoredToken, status: 'consumed' | 'revoked' | 'expired') => {
    if (row.status !== 'active') throw new AldabaError(refusals[row.status]);
    // A concurrent request may have consumed or revoked it: read the current state again.
    const isMine = await store.endToken(q, row.id, { status, now: now() });
    const after = await find(q, row.id);
    if (!isMine) throw new AldabaError(refusals[after.status === 'active' ? 'consumed' : after.status]);
    return show(q.tenantId, after);
  };
  return {
    list: async (q, { email: typed, status }, slice) => {
      const email = typed === undefined ? undefined : (normalizeEmail(typed) ?? typed);
      const { items, total } = await store.findTokens(q, { email, status, now: now() }, slice);
      return { items: items.map((row) => show(q.tenantId, row)), total };
    },
    get: async (q, id) => show(q.tenantId, await find(q, id)),
    create: async (q, { email: given, context, expiresIn }) => {
      const email = requireEmail(given);
      const [id, token, createdAt] = [standardId(), standardSecret(), now()];
      const row: store.StoredToken = {
        id,
        email,
        tokenHash: hashToken(token),
        tokenSealed: vault.seal(token, contextOf(q.tenantId, id)),
        context,
        status: 'active',
        createdAt,
        expiresAt: new Date(createdAt.getTime() + expiresIn * 1000),
      };
      await store.insertToken(q, row);
      return show(q.tenantId, row);
    },
    consume: async (q, { token, email, recovers }) => {
      const row = await store.findToken(q, { tokenHash: hashToken(token) }, now());
      if (!row) throw new AldabaError('one_time_token.token_not_found');
      if (!sameAddress(row.email, email)) throw new AldabaError('one_time_token.email_mismatch');
      // A token with another purpose is rejected without being consumed.
      if (recovers !== undefined && row.status === 'active' && recovers !== isForRecovery(row))
        throw new AldabaError('one_time_token.interaction_event_mismatch');
      return finish(q, row, 'consumed');
    },
    end: async (q, id, status) => {
      const row = await find(q, id);
      if (status === 'active') throw new AldabaError('one_time_token.cannot_reactivate_token');
      return finish(q, row, status);
    },
    remove: async (q, id) => {
      if ((await store.deleteToken(q, id)) === 0)
        throw new AldabaError('entity.not_exists_with_id', { name: 'one-time token', id });
    },
  };
}
