import type { Client } from '../../features/applications/applications/index.ts';
import type { Request } from '../../http/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import { type Agreement, noAgreement } from '../agreement.ts';
import type { Core } from '../core.ts';
import type { Parameters } from '../parameters.ts';

/** A token request of an authenticated client that may use the grant. */
export interface Exchange {
  core: Core;
  http: Request;
  tenant: Tenant;
  client: Client;
  parameters: Parameters;
  /** What the user agreed to, for a third party's grant. */
  agreement?: Agreement;
}

/** The same request, limited to what the user agreed to. A third party whose grant has no agreement gets nothing. */
export const withAgreement = (exchange: Exchange, consent: Agreement | null): Exchange =>
  exchange.client.isThirdParty ? { ...exchange, agreement: consent ?? noAgreement } : exchange;

export interface TokenAnswer {
  body: Record<string, unknown>;
  /** Hash of a refresh token in the body that replaces another: its delivery is recorded. */
  replacement?: string;
  /** The token's user; absent if an application acts for itself. */
  userId?: string;
}

export type TokenGrant = (exchange: Exchange) => Promise<TokenAnswer>;
