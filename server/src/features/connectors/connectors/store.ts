import { defined, jsonOf } from '../../../kernel/defined.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

/** A configured connector as stored: its configuration is sealed. */
export interface StoredConnector {
  id: string;
  /** Id of the kind of connector. */
  connectorId: string;
  syncProfile: boolean;
  enableTokenStorage: boolean;
  /** Domains that the operator says the provider answers for, in lowercase. */
  emailDomains: string[];
  configSealed: string;
  /** The operator's overrides of the kind's metadata. */
  metadata: Record<string, unknown>;
  createdAt: number;
}

type Row = Omit<StoredRow<'connectors'>, 'tenant_id'>;

const toConnector = (row: Row): StoredConnector => ({
  id: row.id,
  connectorId: row.connector_id,
  syncProfile: row.sync_profile,
  enableTokenStorage: row.enable_token_storage,
  emailDomains: row.email_domains,
  configSealed: row.config_sealed,
  metadata: row.metadata as Record<string, unknown>,
  createdAt: row.created_at.getTime(),
});

/** All connectors of a tenant, oldest first. */
export async function findConnectors(q: Queries): Promise<StoredConnector[]> {
  const rows = await q.all(
    sql.selectFrom('connectors').selectAll().where('tenant_id', '=', q.tenantId).orderBy('created_at').orderBy('id'),
  );
  return rows.map(toConnector);
}

/** Serializes changes to a tenant's connectors, because the rules concern all of them together. */
export async function lockConnectors(tx: Transaction): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba connectors ' || $1, 0))", [tx.tenantId]);
}

export async function insertConnector(
  q: Queries,
  connector: Omit<StoredConnector, 'createdAt'> & { createdAt: Date },
): Promise<void> {
  await q.run(
    sql.insertInto('connectors').values({
      tenant_id: q.tenantId,
      id: connector.id,
      connector_id: connector.connectorId,
      sync_profile: connector.syncProfile,
      enable_token_storage: connector.enableTokenStorage,
      email_domains: connector.emailDomains,
      config_sealed: connector.configSealed,
      metadata: JSON.stringify(connector.metadata),
      created_at: connector.createdAt,
    }),
  );
}

export async function updateConnectorRow(
  q: Queries,
  id: string,
  patch: {
    configSealed?: string | undefined;
    metadata?: Record<string, unknown> | undefined;
    syncProfile?: boolean | undefined;
    enableTokenStorage?: boolean | undefined;
    emailDomains?: string[] | undefined;
  },
): Promise<void> {
  const values = defined({
    config_sealed: patch.configSealed,
    metadata: jsonOf(patch.metadata),
    sync_profile: patch.syncProfile,
    enable_token_storage: patch.enableTokenStorage,
    email_domains: patch.emailDomains,
  });
  if (Object.keys(values).length === 0) return;
  await q.run(sql.updateTable('connectors').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id));
}

export const deleteConnectorRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('connectors').where('tenant_id', '=', q.tenantId).where('id', '=', id));
