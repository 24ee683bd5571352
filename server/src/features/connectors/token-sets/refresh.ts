/** A usable access token of a provider: the stored one, or a new one once it has expired. */
import { setTimeout as pause } from 'node:timers/promises';
import type { TokenResponse } from '@aldaba/connectors/kit';
import type { ProviderAccessToken } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Connectors } from '../connectors/index.ts';
import { createTokenSealing, type Tokens, tokensOf } from './sealing.ts';
import type { TokenKey } from './store.ts';
import * as store from './store.ts';

export interface ProviderTokens {
  /**
   * The access token of a user's identity; an expired one is refreshed at the provider, by one call at a time on all
   * nodes.
   * @throws AldabaError `secrets.third_party_token_set.token_not_found`,
   *   `secrets.third_party_token_set.access_token_expired` if it cannot be refreshed, or `connector.*` while the
   *   provider does not answer
   */
  accessToken: (tenant: Tenant, userId: string, key: TokenKey) => Promise<ProviderAccessToken>;
}

interface Needs {
  connectors: Pick<Connectors, 'instance'>;
  /** A new access token of an enterprise provider. @throws AldabaError `connector.*` */
  refreshSso: (tenant: Tenant, connectorId: string, refreshToken: string) => Promise<TokenResponse>;
  vault: Vault;
  clock: Clock;
}

/** A token with so many seconds left is refreshed: it has to be usable when it arrives. */
const leeway = 30;
/** Milliseconds that a refresh is reserved for; connectors answer sooner. A node that crashed blocks no longer. */
const leaseLife = 30_000;
/** Milliseconds that a call waits for the refresh of another node, and between two looks. */
const waitLimit = 25_000;
const waitStep = 100;

/** Errors that end a refresh token: the provider refuses it, or the connector does not refresh. */
const refusals: ReadonlySet<string> = new Set([
  'connector.social_invalid_access_token',
  'connector.social_auth_code_invalid',
  'connector.authorization_failed',
  'connector.not_implemented',
]);
const isRefusal = (error: unknown): boolean => error instanceof AldabaError && refusals.has(error.code);

const expired = () => new AldabaError('secrets.third_party_token_set.access_token_expired');

export function createProviderTokens({ connectors, refreshSso, vault, clock }: Needs): ProviderTokens {
  const sealing = createTokenSealing(vault);
  /** Refreshes of this node, by the token set. */
  const running = new Map<string, Promise<Tokens>>();

  const read = async (q: Queries, userId: string, key: TokenKey) => {
    const row = await store.findTokenSet(q, userId, key);
    if (!row) throw new AldabaError('secrets.third_party_token_set.token_not_found');
    return { row, tokens: sealing.open(q.tenantId, row, row) };
  };
  const secondsLeft = ({ expiresAt }: Tokens) =>
    expiresAt === undefined ? undefined : Math.floor((expiresAt - clock.now()) / 1000);
  const isUsable = (tokens: Tokens) => (secondsLeft(tokens) ?? Number.POSITIVE_INFINITY) > leeway;

  const ask = async (tenant: Tenant, { connectorId, isSso }: store.StoredTokenSet, refreshToken: string) => {
    if (isSso) return refreshSso(tenant, connectorId, refreshToken);
    const connector = await connectors.instance(tenant, connectorId);
    if (!connector?.offers('getAccessTokenByRefreshToken')) throw expired();
    return connector.getAccessTokenByRefreshToken(refreshToken, {});
  };
  /** Asks the provider, while no other call does. */
  const refreshAt = async (tenant: Tenant, row: store.StoredTokenSet, lease: string): Promise<Tokens> => {
    const end = (result?: Tokens) =>
      store.endLease(tenant.db, row.id, {
        lease,
        result: result && sealing.seal(tenant.id, row, result),
        now: new Date(clock.now()),
      });
    const held = sealing.open(tenant.id, row, row);
    const { refreshToken } = held;
    if (isUsable(held) || refreshToken === undefined) {
      await end();
      return held;
    }
    try {
      const fresh = tokensOf(await ask(tenant, row, refreshToken), clock.now());
      if (!fresh) throw new AldabaError('connector.invalid_response');
      const next = { ...held, expiresAt: undefined, ...fresh };
      await end(next);
      return next;
    } catch (error) {
      if (!isRefusal(error)) {
        await end();
        throw error;
      }
      // Asking again would have the same answer, until the user signs in at the provider again.
      await end({ ...held, refreshToken: undefined });
      throw expired();
    }
  };

  const refresh = async (tenant: Tenant, given: store.StoredTokenSet): Promise<Tokens> => {
    const { userId } = given;
    let { id } = given;
    // Counted in steps: the clock of the server may stand still in tests, and jump elsewhere.
    for (let waited = 0; waited < waitLimit; waited += waitStep) {
      const lease = standardId();
      const now = clock.now();
      const reserved = await store.leaseTokenSet(tenant.db, id, {
        lease,
        now: new Date(now),
        until: new Date(now + leaseLife),
      });
      if (reserved) return refreshAt(tenant, reserved, lease);
      await pause(waitStep);
      const { row, tokens } = await read(tenant.db, userId, store.keyOf(given));
      if (isUsable(tokens) || tokens.refreshToken === undefined) return tokens;
      id = row.id;
    }
    throw new AldabaError('connector.timeout');
  };
  /** Calls of this node share a refresh. */
  const refreshOnce = (tenant: Tenant, row: store.StoredTokenSet): Promise<Tokens> => {
    const key = `${tenant.id}/${row.id}`;
    const current = running.get(key) ?? refresh(tenant, row).finally(() => running.delete(key));
    running.set(key, current);
    return current;
  };

  return {
    async accessToken(tenant, userId, key) {
      const { row, tokens: held } = await read(tenant.db, userId, key);
      const needsRefresh = !isUsable(held) && held.refreshToken !== undefined;
      const tokens = needsRefresh ? await refreshOnce(tenant, row) : held;
      const seconds = secondsLeft(tokens);
      if (seconds !== undefined && seconds <= 0) throw expired();
      const { accessToken, scope, tokenType } = tokens;
      return defined({ access_token: accessToken, scope, token_type: tokenType, expires_in: seconds });
    },
  };
}
