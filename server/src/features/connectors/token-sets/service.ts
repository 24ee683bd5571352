import type { TokenResponse } from '@aldaba/connectors/kit';
import type { SsoTokenSecret, TokenSecret } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { createTokenSealing, type Tokens, tokensOf } from './sealing.ts';
import * as store from './store.ts';

/** A provider's tokens on their way from its answer to the account, sealed for one proof. */
interface PackedTokens {
  /** Id of the proof. */
  id: string;
  sealed: string;
}

export interface TokenSets {
  /** Seals a provider's tokens for the proof `id`; undefined if there are none to keep. */
  pack: (tenant: { id: string }, id: string, answer: TokenResponse | undefined) => string | undefined;
  /**
   * Stores the tokens of an identity of the user in place of earlier ones. A refresh token stays if the provider
   * issued no other. Returns whether they are stored: the identity may have been removed in between, or the storage
   * turned off.
   */
  keep: (tx: Transaction, owner: store.TokenOwner, packed: PackedTokens) => Promise<boolean>;
  find: (q: Queries, userId: string, target: string) => Promise<TokenSecret | undefined>;
  /** Of an identity at an enterprise provider. */
  findSso: (q: Queries, userId: string, connectorId: string) => Promise<SsoTokenSecret | undefined>;
  list: (q: Queries, userId: string) => Promise<TokenSecret[]>;
  /** @throws AldabaError `entity.not_found` */
  remove: (q: Queries, id: string) => Promise<void>;
  /** Removes what was stored for a connector, which stores tokens no more. */
  forget: (tx: Transaction, connectorId: string) => Promise<void>;
  /** The same for an enterprise connector. */
  forgetSso: (tx: Transaction, connectorId: string) => Promise<void>;
}

export function createTokenSets({ vault, clock }: { vault: Vault; clock: Clock }): TokenSets {
  const sealing = createTokenSealing(vault);
  const packContext = (tenantId: string, id: string) => `${tenantId}/packed-tokens/${id}`;
  return {
    pack(tenant, id, answer) {
      const tokens = tokensOf(answer, clock.now());
      return tokens && vault.seal(JSON.stringify(tokens), packContext(tenant.id, id));
    },
    async keep(tx, owner, { id, sealed }) {
      const tokens: Tokens = JSON.parse(vault.open(sealed, packContext(tx.tenantId, id)));
      const before = await store.findTokenSet(tx, owner.userId, store.keyOf(owner));
      // Another connector of the provider is another client, which cannot use the refresh token.
      const isSame = before?.connectorId === owner.connectorId && before.identityId === owner.identityId;
      const former = isSame ? sealing.open(tx.tenantId, before, before).refreshToken : undefined;
      const kept = { ...tokens, refreshToken: tokens.refreshToken ?? former };
      const row = {
        id: standardId(),
        sealed: sealing.seal(tx.tenantId, owner, kept),
        now: new Date(clock.now()),
      };
      return (await store.upsertTokenSet(tx, owner, row)) > 0;
    },
    find: async (q, userId, target) => {
      const found = await store.findTokenSet(q, userId, { target });
      return found && describe(q, found);
    },
    findSso: async (q, userId, ssoConnectorId) => {
      const found = await store.findTokenSet(q, userId, { ssoConnectorId });
      if (!found) return undefined;
      const { connectorId: _, target: issuer, ...described } = describe(q, found);
      return { ...described, ssoConnectorId, issuer };
    },
    list: async (q, userId) => (await store.listTokenSets(q, userId)).map((row) => describe(q, row)),
    remove: async (q, id) => {
      if ((await store.deleteTokenSet(q, id)) === 0) throw new AldabaError('entity.not_found');
    },
    forget: store.deleteTokenSetsOf,
    forgetSso: store.deleteSsoTokenSetsOf,
  };
}

/** Everything but the tokens. */
const describe = ({ tenantId }: Queries, row: store.StoredTokenSet): TokenSecret => ({
  tenantId,
  id: row.id,
  userId: row.userId,
  type: 'federated_token_set',
  metadata: row.metadata,
  connectorId: row.connectorId,
  identityId: row.identityId,
  target: row.target,
  createdAt: row.createdAt.getTime(),
  updatedAt: row.updatedAt.getTime(),
});
