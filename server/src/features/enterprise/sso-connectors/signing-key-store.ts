import type { Queries, Transaction } from '../../../store/database.ts';

export interface StoredKey {
  tenantId: string;
  id: string;
  ssoConnectorId: string;
  privateKeySealed: string;
  certificate: string;
  createdAt: number;
  expiresAt: number;
  active: boolean;
}

interface Row {
  id: string;
  sso_connector_id: string;
  private_key_sealed: string;
  certificate: string;
  created_at: Date;
  expires_at: Date;
  active: boolean;
}

export async function findKeys(q: Queries, connectorId: string): Promise<StoredKey[]> {
  const rows = await q.raw<Row>(
    `select id, sso_connector_id, private_key_sealed, certificate, created_at, expires_at, active
     from saml_sso_connector_signing_keys where tenant_id = $1 and sso_connector_id = $2 order by created_at desc, id`,
    [q.tenantId, connectorId],
  );
  return rows.map((row) => ({
    tenantId: q.tenantId,
    id: row.id,
    ssoConnectorId: row.sso_connector_id,
    privateKeySealed: row.private_key_sealed,
    certificate: row.certificate,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    active: row.active,
  }));
}

/** @throws AldabaError `entity.relation_foreign_key_not_found` */
export async function insertKey(
  tx: Transaction,
  key: Omit<StoredKey, 'tenantId' | 'createdAt' | 'expiresAt'> & { createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tx.raw(
    `insert into saml_sso_connector_signing_keys
       (tenant_id, id, sso_connector_id, private_key_sealed, certificate, created_at, expires_at, active)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[tx.tenantId, key.id, key.ssoConnectorId, key.privateKeySealed, key.certificate],
      ...[key.createdAt, key.expiresAt, key.active],
    ],
  );
}

export async function deactivateKeys(tx: Transaction, connectorId: string): Promise<void> {
  await tx.raw(
    `update saml_sso_connector_signing_keys set active = false
     where tenant_id = $1 and sso_connector_id = $2 and active`,
    [tx.tenantId, connectorId],
  );
}

export async function activateKey(tx: Transaction, id: string): Promise<void> {
  await tx.raw('update saml_sso_connector_signing_keys set active = true where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
  ]);
}

export async function deleteKey(tx: Transaction, id: string): Promise<void> {
  await tx.raw('delete from saml_sso_connector_signing_keys where tenant_id = $1 and id = $2', [tx.tenantId, id]);
}
