import type { TokenSecret } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';

type Metadata = TokenSecret['metadata'];

/** Whose tokens they are, and of which connector. */
export interface TokenOwner {
  userId: string;
  connectorId: string;
  /** The target of a social connector, the issuer of an enterprise one. */
  target: string;
  /** The user's id at the provider. */
  identityId: string;
  /** Whether the connector is an enterprise one. */
  isSso: boolean;
}

/** Which of a user's token sets: that of a social target, or of an enterprise connector. */
export type TokenKey = { target: string } | { ssoConnectorId: string };
export const keyOf = ({ isSso, target, connectorId }: TokenOwner): TokenKey =>
  isSso ? { ssoConnectorId: connectorId } : { target };

/** What is written: the tokens, sealed with a data key, and the data key, sealed with the server's key. */
export interface SealedTokens {
  keySealed: string;
  valueSealed: string;
  metadata: Metadata;
}

export interface StoredTokenSet extends TokenOwner, SealedTokens {
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

const members = `id, user_id as "userId", coalesce(connector_id, sso_connector_id) as "connectorId",
  coalesce(target, issuer) as target, sso_connector_id is not null as "isSso", identity_id as "identityId",
  key_sealed as "keySealed", value_sealed as "valueSealed", metadata, created_at as "createdAt", updated_at as "updatedAt"`;

/** The token sets of a user at social providers, by target. */
export const listTokenSets = (q: Queries, userId: string): Promise<StoredTokenSet[]> =>
  q.raw<StoredTokenSet>(
    `select ${members} from secrets
    where tenant_id = $1 and user_id = $2 and target is not null order by secrets.target`,
    [q.tenantId, userId],
  );

export async function findTokenSet(q: Queries, userId: string, key: TokenKey): Promise<StoredTokenSet | undefined> {
  const [column, value] = 'target' in key ? ['target', key.target] : ['sso_connector_id', key.ssoConnectorId];
  const [row] = await q.raw<StoredTokenSet>(
    `select ${members} from secrets where tenant_id = $1 and user_id = $2 and secrets.${column} = $3`,
    [q.tenantId, userId, value],
  );
  return row;
}

/**
 * Sets the tokens of an identity; a refresh that is running elsewhere does not replace them. Returns 0 if the user no
 * longer has the identity, or the connector no longer stores tokens.
 */
export async function upsertTokenSet(
  tx: Transaction,
  owner: TokenOwner,
  { id, sealed, now }: { id: string; sealed: SealedTokens; now: Date },
): Promise<number> {
  const rows = await tx.raw(owner.isSso ? upsertSso : upsertSocial, [
    ...[tx.tenantId, id, owner.userId, owner.connectorId, owner.target, owner.identityId],
    ...[sealed.keySealed, sealed.valueSealed, JSON.stringify(sealed.metadata), now],
  ]);
  return rows.length;
}

const renewed = `key_sealed = excluded.key_sealed, value_sealed = excluded.value_sealed, metadata = excluded.metadata,
  updated_at = excluded.updated_at, refresh_lease = null, refresh_lease_until = null`;
const upsertSocial = `insert into secrets
    (tenant_id, id, user_id, type, connector_id, target, identity_id, key_sealed, value_sealed, metadata, created_at, updated_at)
  select $1, $2, i.user_id, 'federated_token_set', c.id, i.target, i.identity_id, $7, $8, $9::jsonb, $10, $10
  from user_identities i, connectors c
  where i.tenant_id = $1 and i.user_id = $3 and i.target = $5 and i.identity_id = $6
    and c.tenant_id = $1 and c.id = $4 and c.enable_token_storage
  for share
  on conflict (tenant_id, user_id, target) do update set
    connector_id = excluded.connector_id, identity_id = excluded.identity_id, ${renewed}
  returning id`;
const upsertSso = `insert into secrets
    (tenant_id, id, user_id, type, sso_connector_id, issuer, identity_id, key_sealed, value_sealed, metadata, created_at, updated_at)
  select $1, $2, i.user_id, 'federated_token_set', c.id, i.issuer, i.identity_id, $7, $8, $9::jsonb, $10, $10
  from user_sso_identities i, sso_connectors c
  where i.tenant_id = $1 and i.user_id = $3 and i.sso_connector_id = $4 and i.issuer = $5 and i.identity_id = $6
    and c.tenant_id = $1 and c.id = $4 and c.enable_token_storage
  for share
  on conflict (tenant_id, user_id, sso_connector_id) do update set
    issuer = excluded.issuer, identity_id = excluded.identity_id, ${renewed}
  returning id`;

export interface Lease {
  /** Random: exactly one of several concurrent calls gets the token set. */
  lease: string;
  now: Date;
  until: Date;
}

/** Reserves a token set for a refresh; undefined while another call holds it, or if it does not exist. */
export async function leaseTokenSet(
  q: Queries,
  id: string,
  { lease, now, until }: Lease,
): Promise<StoredTokenSet | undefined> {
  const [row] = await q.raw<StoredTokenSet>(
    `update secrets set refresh_lease = $3, refresh_lease_until = $5
     where tenant_id = $1 and id = $2 and (refresh_lease is null or refresh_lease_until <= $4)
     returning ${members}`,
    [q.tenantId, id, lease, now, until],
  );
  return row;
}

/** Ends a refresh, with its result if it has one. Nothing happens if the tokens were replaced or removed in between. */
export async function endLease(
  q: Queries,
  id: string,
  { lease, result, now }: { lease: string; result: SealedTokens | undefined; now: Date },
): Promise<void> {
  await q.raw(
    `update secrets set refresh_lease = null, refresh_lease_until = null,
       key_sealed = coalesce($4, key_sealed), value_sealed = coalesce($5, value_sealed),
       metadata = coalesce($6::jsonb, metadata), updated_at = case when $4::text is null then updated_at else $7 end
     where tenant_id = $1 and id = $2 and refresh_lease = $3`,
    [
      ...[q.tenantId, id, lease, result?.keySealed ?? null, result?.valueSealed ?? null],
      ...[result ? JSON.stringify(result.metadata) : null, now],
    ],
  );
}

export async function deleteTokenSet(q: Queries, id: string): Promise<number> {
  const rows = await q.raw('delete from secrets where tenant_id = $1 and id = $2 returning id', [q.tenantId, id]);
  return rows.length;
}

/** Deletes what was stored for a social connector. */
export async function deleteTokenSetsOf(tx: Transaction, connectorId: string): Promise<void> {
  await tx.raw('delete from secrets where tenant_id = $1 and connector_id = $2', [tx.tenantId, connectorId]);
}

/** The same for an enterprise connector. */
export async function deleteSsoTokenSetsOf(tx: Transaction, ssoConnectorId: string): Promise<void> {
  await tx.raw('delete from secrets where tenant_id = $1 and sso_connector_id = $2', [tx.tenantId, ssoConnectorId]);
}
