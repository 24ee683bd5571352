import type { SsoIdentity } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';

/** Who a person is at a provider. */
export interface SsoIdentityKey {
  connectorId: string;
  issuer: string;
  identityId: string;
}

interface Row {
  id: string;
  user_id: string;
  sso_connector_id: string;
  issuer: string;
  identity_id: string;
  detail: Record<string, unknown>;
  created_at: Date;
  updated_at: Date;
}

const columns = 'id, user_id, sso_connector_id, issuer, identity_id, detail, created_at, updated_at';

const toIdentity = ({ tenantId }: Queries, row: Row): SsoIdentity => ({
  tenantId,
  id: row.id,
  userId: row.user_id,
  issuer: row.issuer,
  identityId: row.identity_id,
  detail: row.detail,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  ssoConnectorId: row.sso_connector_id,
});

/** The user whose identity it is. */
export async function findUserId(
  q: Queries,
  { connectorId, issuer, identityId }: SsoIdentityKey,
): Promise<string | undefined> {
  const [row] = await q.raw<{ user_id: string }>(
    `select user_id from user_sso_identities
     where tenant_id = $1 and sso_connector_id = $2 and issuer = $3 and identity_id = $4`,
    [q.tenantId, connectorId, issuer, identityId],
  );
  return row?.user_id;
}

export async function findIdentities(q: Queries, userId: string): Promise<SsoIdentity[]> {
  const rows = await q.raw<Row>(
    `select ${columns} from user_sso_identities where tenant_id = $1 and user_id = $2 order by created_at, id`,
    [q.tenantId, userId],
  );
  return rows.map((row) => toIdentity(q, row));
}

/** Sessions of a provider that are remembered for each identity. */
const maximumSessions = 20;

export interface WrittenIdentity extends SsoIdentityKey {
  id: string;
  userId: string;
  detail: Record<string, unknown>;
  /** The provider's session, if it names one. */
  sessionId: string | undefined;
  now: Date;
}

/**
 * Sets the identity of a user at a connector: a former one there is replaced. Returns `changed` if the user did not
 * have this one.
 * @throws AldabaError `entity.unique_integrity_violation` when it is another user's
 */
export async function upsertIdentity(tx: Transaction, written: WrittenIdentity): Promise<'changed' | 'same'> {
  const { userId, connectorId, issuer, identityId } = written;
  const [before] = await tx.raw<{ issuer: string; identity_id: string }>(
    `select issuer, identity_id from user_sso_identities
     where tenant_id = $1 and user_id = $2 and sso_connector_id = $3 for update`,
    [tx.tenantId, userId, connectorId],
  );
  await tx.raw(
    `insert into user_sso_identities as i
       (tenant_id, id, user_id, sso_connector_id, issuer, identity_id, detail, provider_sessions, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::text[], $9, $9)
     on conflict (tenant_id, user_id, sso_connector_id) do update set
       issuer = excluded.issuer, identity_id = excluded.identity_id, detail = excluded.detail,
       provider_sessions = (excluded.provider_sessions
         || array(select s from unnest(i.provider_sessions) s where s <> all(excluded.provider_sessions)))[1:${maximumSessions}],
       updated_at = excluded.updated_at`,
    [
      ...[tx.tenantId, written.id, userId, connectorId, issuer, identityId, JSON.stringify(written.detail)],
      ...[written.sessionId === undefined ? [] : [written.sessionId], written.now],
    ],
  );
  return before?.issuer === issuer && before.identity_id === identityId ? 'same' : 'changed';
}

/** The identities, with the tokens that are stored for them. */
export const deleteAllIdentities = (q: Queries, userId: string): Promise<object[]> =>
  q.raw('delete from user_sso_identities where tenant_id = $1 and user_id = $2', [q.tenantId, userId]);

/** The users who signed in with a session of the provider, or with a person there. */
export async function findSignedIn(
  q: Queries,
  connectorId: string,
  by: { issuer: string; identityId?: string | undefined; sessionId?: string | undefined },
): Promise<string[]> {
  const rows = await q.raw<{ user_id: string }>(
    `select user_id from user_sso_identities
     where tenant_id = $1 and sso_connector_id = $2 and issuer = $3
       and ($4::text is null or identity_id = $4) and ($5::text is null or $5 = any(provider_sessions))`,
    [q.tenantId, connectorId, by.issuer, by.identityId ?? null, by.sessionId ?? null],
  );
  return rows.map(({ user_id }) => user_id);
}
