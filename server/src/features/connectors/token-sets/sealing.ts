/** How tokens are encrypted: each time with a new data key, which the server's key seals (decision 0016). */
import type { TokenResponse } from '@aldaba/connectors/kit';
import type { TokenSecret } from '@aldaba/contract';
import { createVault, type Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import type { SealedTokens, TokenOwner } from './store.ts';

/** The tokens of a provider as they are kept. An ID token is not: it signed the user in. */
export interface Tokens {
  accessToken: string;
  refreshToken?: string | undefined;
  scope?: string | undefined;
  tokenType?: string | undefined;
  /** Milliseconds since the epoch; absent if the provider does not tell. */
  expiresAt?: number | undefined;
}

/** Characters of the tokens of one identity; longer ones are not stored. */
const maximumLength = 65_536;
/** Characters of a scope that is shown. */
const maximumScope = 2048;

/** A provider's answer as tokens to keep; undefined without an access token, or for one of unreasonable size. */
export function tokensOf(answer: TokenResponse | undefined, now: number): Tokens | undefined {
  if (!answer?.access_token) return undefined;
  const seconds = answer.expires_in === undefined ? Number.NaN : Number(answer.expires_in);
  const tokens = defined({
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token || undefined,
    scope: answer.scope,
    tokenType: answer.token_type,
    expiresAt: Number.isFinite(seconds) ? Math.round(now + seconds * 1000) : undefined,
  });
  return JSON.stringify(tokens).length > maximumLength ? undefined : tokens;
}

/** What operators see of tokens. */
const metadataOf = ({ refreshToken, scope, tokenType, expiresAt }: Tokens): TokenSecret['metadata'] =>
  makeStorable(
    defined({
      scope: scope?.slice(0, maximumScope),
      tokenType: tokenType?.slice(0, 64),
      expiresAt: expiresAt === undefined ? undefined : Math.floor(expiresAt / 1000),
      hasRefreshToken: refreshToken !== undefined,
    }),
  );

export interface TokenSealing {
  seal: (tenantId: string, owner: TokenOwner, tokens: Tokens) => SealedTokens;
  open: (tenantId: string, owner: TokenOwner, sealed: Omit<SealedTokens, 'metadata'>) => Tokens;
}

export function createTokenSealing(vault: Vault): TokenSealing {
  // A value that was moved to the row of another identity cannot be opened there.
  const contextOf = (
    tenantId: string,
    { userId, connectorId, target, identityId, isSso }: TokenOwner,
    part: 'key' | 'value',
  ) => JSON.stringify([tenantId, isSso ? 'sso-secrets' : 'secrets', userId, connectorId, target, identityId, part]);
  return {
    seal(tenantId, owner, tokens) {
      const dataKey = opaqueToken();
      return {
        keySealed: vault.seal(dataKey, contextOf(tenantId, owner, 'key')),
        valueSealed: createVault(dataKey).seal(JSON.stringify(tokens), contextOf(tenantId, owner, 'value')),
        metadata: metadataOf(tokens),
      };
    },
    open(tenantId, owner, { keySealed, valueSealed }) {
      const dataKey = vault.open(keySealed, contextOf(tenantId, owner, 'key'));
      return JSON.parse(createVault(dataKey).open(valueSealed, contextOf(tenantId, owner, 'value')));
    },
  };
}
