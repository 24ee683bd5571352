import type { SsoBranding, SsoRoleMapping } from '@aldaba/contract';
import { defined, jsonOf } from '../../../kernel/defined.ts';
import type { IdentityProviderMetadata } from '../../../services/saml/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

/** A connector as stored: its configuration is sealed. */
export interface StoredSsoConnector {
  id: string;
  providerName: string;
  connectorName: string;
  configSealed: string;
  domains: string[];
  branding: SsoBranding;
  syncProfile: boolean;
  enableTokenStorage: boolean;
  requiresMfa: boolean;
  createdAt: number;
  roleMappings: SsoRoleMapping[];
  metadataUrl: string | null;
  providerMetadata: IdentityProviderMetadata | null;
}

type Row = Omit<StoredRow<'sso_connectors'>, 'tenant_id'>;

const toConnector = (row: Row, mappings: readonly MappingRow[]): StoredSsoConnector => ({
  id: row.id,
  providerName: row.provider_name,
  connectorName: row.connector_name,
  configSealed: row.config_sealed,
  domains: row.domains,
  branding: row.branding as SsoBranding,
  syncProfile: row.sync_profile,
  enableTokenStorage: row.enable_token_storage,
  requiresMfa: row.requires_mfa,
  createdAt: row.created_at.getTime(),
  metadataUrl: row.metadata_url,
  providerMetadata: row.provider_metadata as IdentityProviderMetadata | null,
  roleMappings: mappings
    .filter(({ connector_id }) => connector_id === row.id)
    .map((mapping) => ({
      attribute: mapping.attribute,
      value: mapping.value,
      organizationId: mapping.organization_id,
      organizationRoleIds: mapping.role_ids,
    })),
});

interface MappingRow {
  connector_id: string;
  attribute: string;
  value: string;
  organization_id: string;
  role_ids: string[];
}

/** All connectors of a tenant, the newest first. */
export async function findSsoConnectors(q: Queries): Promise<StoredSsoConnector[]> {
  const rows = await q.all(
    sql
      .selectFrom('sso_connectors')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .orderBy('created_at', 'desc')
      .orderBy('id'),
  );
  if (rows.length === 0) return [];
  const mappings = await q.raw<MappingRow>(
    `select connector_id, attribute, value, organization_id,
       array_remove(array_agg(organization_role_id order by organization_role_id), null) as role_ids
     from sso_role_mappings where tenant_id = $1
     group by connector_id, attribute, value, organization_id order by 1, 2, 3, 4`,
    [q.tenantId],
  );
  return rows.map((row) => toConnector(row, mappings));
}

type Written = Omit<StoredSsoConnector, 'createdAt' | 'roleMappings' | 'id' | 'providerName'>;

/** @param given `createdAt` is also when the metadata was read */
export async function insertSsoConnector(
  q: Queries,
  given: Written & { id: string; providerName: string; createdAt: Date },
): Promise<void> {
  await q.run(
    sql.insertInto('sso_connectors').values({
      tenant_id: q.tenantId,
      id: given.id,
      provider_name: given.providerName,
      connector_name: given.connectorName,
      config_sealed: given.configSealed,
      domains: given.domains,
      branding: JSON.stringify(given.branding),
      sync_profile: given.syncProfile,
      enable_token_storage: given.enableTokenStorage,
      requires_mfa: given.requiresMfa,
      metadata_url: given.metadataUrl,
      provider_metadata: jsonOf(given.providerMetadata ?? undefined) ?? null,
      metadata_read_at: given.createdAt,
      created_at: given.createdAt,
    }),
  );
}

type Patch = { [Name in keyof Written]?: Written[Name] | undefined } & { metadataReadAt?: Date | undefined };

/** Returns how many there were. */
export async function updateSsoConnector(q: Queries, id: string, patch: Patch): Promise<number> {
  const values = defined({
    // Always written, so that the number says whether the row exists.
    id,
    connector_name: patch.connectorName,
    config_sealed: patch.configSealed,
    domains: patch.domains,
    branding: jsonOf(patch.branding),
    sync_profile: patch.syncProfile,
    enable_token_storage: patch.enableTokenStorage,
    requires_mfa: patch.requiresMfa,
    metadata_url: patch.metadataUrl,
    provider_metadata: patch.providerMetadata === null ? null : jsonOf(patch.providerMetadata),
    metadata_read_at: patch.metadataReadAt,
  });
  return q.run(sql.updateTable('sso_connectors').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id));
}

export const deleteSsoConnector = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('sso_connectors').where('tenant_id', '=', q.tenantId).where('id', '=', id));

/** @throws AldabaError `entity.relation_foreign_key_not_found` for an organization or a role that does not exist */
export async function replaceRoleMappings(
  tx: Transaction,
  connectorId: string,
  mappings: readonly SsoRoleMapping[],
): Promise<void> {
  await tx.raw('delete from sso_role_mappings where tenant_id = $1 and connector_id = $2', [tx.tenantId, connectorId]);
  const rows = mappings.flatMap(({ organizationRoleIds, ...mapping }) =>
    (organizationRoleIds.length > 0 ? organizationRoleIds : [null]).map((roleId) => ({ ...mapping, roleId })),
  );
  await tx.raw(
    `insert into sso_role_mappings
       (tenant_id, connector_id, attribute, value, organization_id, organization_role_id)
     select $1, $2, m.attribute, m.value, m."organizationId", m."roleId"
     from jsonb_to_recordset($3::jsonb) as m (attribute text, value text, "organizationId" text, "roleId" text)
     order by 3, 4, 5, 6
     on conflict do nothing`,
    [tx.tenantId, connectorId, JSON.stringify(rows)],
  );
}

/** Takes a domain from connectors. Returns the names of the connectors that had it. */
export async function withdrawDomain(q: Queries, ids: readonly string[], domain: string): Promise<string[]> {
  const rows = await q.raw<{ name: string }>(
    `update sso_connectors set domains = array_remove(domains, $3)
     where tenant_id = $1 and id = any($2) and $3 = any(domains) returning connector_name as name`,
    [q.tenantId, ids, domain],
  );
  return rows.map(({ name }) => name);
}

/** Notes an id that counts once; returns whether it is new. */
export async function useId(
  q: Queries,
  connectorId: string,
  { idHash, expiresAt }: { idHash: string; expiresAt: Date },
): Promise<boolean> {
  const rows = await q.raw(
    `insert into sso_used_ids (tenant_id, connector_id, id_hash, expires_at) values ($1, $2, $3, $4)
     on conflict do nothing returning 1`,
    [q.tenantId, connectorId, idHash, expiresAt],
  );
  return rows.length > 0;
}

/** Rows of one statement: small, so that no lock is held long. */
const batch = 500;

/** Removes ids of all tenants that are refused by their time alone. */
export async function sweepUsedIds(system: Queries, now: number, isStopped: () => boolean): Promise<number> {
  let total = 0;
  let deleted = batch;
  while (deleted === batch && !isStopped()) {
    const rows = await system.raw(
      `delete from sso_used_ids where ctid = any(array(
         select ctid from sso_used_ids where expires_at < $1 limit ${batch} for update skip locked)) returning 1`,
      [new Date(now)],
    );
    deleted = rows.length;
    total += deleted;
  }
  return total;
}

/** SAML connectors of all tenants whose metadata was read before a time, the longest ago first. */
export async function findDueMetadata(
  system: Queries,
  before: Date,
): Promise<{ tenantId: string; id: string; url: string }[]> {
  return system.raw(
    `select tenant_id as "tenantId", id, metadata_url as url from sso_connectors
     where metadata_url is not null and metadata_read_at < $1 order by metadata_read_at limit 10`,
    [before],
  );
}

/** Stores what a provider published, unless an operator has changed its address since. */
export async function renewMetadata(
  tx: Transaction,
  { id, url }: { id: string; url: string },
  given: { providerMetadata: IdentityProviderMetadata | undefined; now: Date },
): Promise<void> {
  await tx.raw(
    `update sso_connectors set provider_metadata = coalesce($4::jsonb, provider_metadata), metadata_read_at = $5
     where tenant_id = $1 and id = $2 and metadata_url = $3`,
    [tx.tenantId, id, url, given.providerMetadata ? JSON.stringify(given.providerMetadata) : null, given.now],
  );
}
