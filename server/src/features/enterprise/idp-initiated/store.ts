import type { IdpInitiatedAuthConfig } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';

interface Row {
  default_application_id: string;
  redirect_uri: string | null;
  auth_parameters: Record<string, string>;
  auto_send_authorization_request: boolean;
  client_idp_initiated_auth_callback_uri: string | null;
  created_at: Date;
}

export async function findConfig(q: Queries, connectorId: string): Promise<IdpInitiatedAuthConfig | undefined> {
  const [row] = await q.raw<Row>(
    `select default_application_id, redirect_uri, auth_parameters, auto_send_authorization_request,
       client_idp_initiated_auth_callback_uri, created_at
     from sso_connector_idp_initiated_auth_configs where tenant_id = $1 and connector_id = $2`,
    [q.tenantId, connectorId],
  );
  return (
    row && {
      tenantId: q.tenantId,
      connectorId,
      defaultApplicationId: row.default_application_id,
      redirectUri: row.redirect_uri,
      authParameters: row.auth_parameters,
      autoSendAuthorizationRequest: row.auto_send_authorization_request,
      clientIdpInitiatedAuthCallbackUri: row.client_idp_initiated_auth_callback_uri,
      createdAt: row.created_at.getTime(),
    }
  );
}

export async function upsertConfig(
  q: Queries,
  connectorId: string,
  config: Omit<IdpInitiatedAuthConfig, 'tenantId' | 'connectorId' | 'createdAt'> & { now: Date },
): Promise<void> {
  await q.raw(
    `insert into sso_connector_idp_initiated_auth_configs
       (tenant_id, connector_id, default_application_id, redirect_uri, auth_parameters, auto_send_authorization_request,
        client_idp_initiated_auth_callback_uri, created_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
     on conflict (tenant_id, connector_id) do update set
       default_application_id = excluded.default_application_id, redirect_uri = excluded.redirect_uri,
       auth_parameters = excluded.auth_parameters,
       auto_send_authorization_request = excluded.auto_send_authorization_request,
       client_idp_initiated_auth_callback_uri = excluded.client_idp_initiated_auth_callback_uri`,
    [
      ...[q.tenantId, connectorId, config.defaultApplicationId, config.redirectUri],
      ...[JSON.stringify(config.authParameters), config.autoSendAuthorizationRequest],
      ...[config.clientIdpInitiatedAuthCallbackUri, config.now],
    ],
  );
}

export async function deleteConfig(q: Queries, connectorId: string): Promise<number> {
  const rows = await q.raw(
    'delete from sso_connector_idp_initiated_auth_configs where tenant_id = $1 and connector_id = $2 returning 1',
    [q.tenantId, connectorId],
  );
  return rows.length;
}

export async function insertSession(
  q: Queries,
  session: { idHash: string; connectorId: string; answerSealed: string; expiresAt: Date },
): Promise<void> {
  await q.raw(
    `insert into idp_initiated_saml_sso_sessions (tenant_id, id_hash, connector_id, answer_sealed, expires_at)
     values ($1, $2, $3, $4, $5)`,
    [q.tenantId, session.idHash, session.connectorId, session.answerSealed, session.expiresAt],
  );
}

/** Removes the session, so that exactly one of several calls gets it. */
export async function takeSession(
  q: Queries,
  { idHash, connectorId, now }: { idHash: string; connectorId: string; now: Date },
): Promise<string | undefined> {
  const [row] = await q.raw<{ answer_sealed: string }>(
    `delete from idp_initiated_saml_sso_sessions
     where tenant_id = $1 and id_hash = $2 and connector_id = $3 and expires_at > $4 returning answer_sealed`,
    [q.tenantId, idHash, connectorId, now],
  );
  return row?.answer_sealed;
}

/** Removes sessions of all tenants that no sign-in has taken. */
export async function sweepInitiated(system: Queries, now: number): Promise<number> {
  const rows = await system.raw(
    `delete from idp_initiated_saml_sso_sessions where ctid = any(array(
       select ctid from idp_initiated_saml_sso_sessions where expires_at < $1 limit 500 for update skip locked))
     returning 1`,
    [new Date(now)],
  );
  return rows.length;
}
