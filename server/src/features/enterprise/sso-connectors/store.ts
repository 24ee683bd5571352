import type { SsoBranding, SsoRoleMapping } from '@aldaba/contract';
import { defined, jsonOf } from '../../../kernel/defined.ts';
import type { IdentityProviderMetadata } from '../../../services/saml/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';
import type { MetadataProblem } from './metadata-change.ts';

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
  /** Why what the provider publishes now is not used. */
  metadataProblem: (MetadataProblem & { since: number }) | null;
  /** Whose administrators set it up; null for a connector of the operator. */
  organizationId: string | null;
  isActive: boolean;
}

type Row = Omit<StoredRow<'sso_connectors'>, 'tenant_id'>;

const toConnector = (
  row: Row,
  { mappings, verified }: { mappings: readonly MappingRow[]; verified: ReadonlyMap<string, string[]> },
): StoredSsoConnector => ({
  id: row.id,
  providerName: row.provider_name,
  connectorName: row.connector_name,
  configSealed: row.config_sealed,
  domains: row.organization_id === null ? row.domains : (verified.get(row.organization_id) ?? []),
  branding: row.branding as SsoBranding,
  syncProfile: row.sync_profile,
  enableTokenStorage: row.enable_token_storage,
  requiresMfa: row.requires_mfa,
  createdAt: row.created_at.getTime(),
  metadataUrl: row.metadata_url,
  providerMetadata: row.provider_metadata as IdentityProviderMetadata | null,
  metadataProblem: row.metadata_problem as StoredSsoConnector['metadataProblem'],
  organizationId: row.organization_id,
  isActive: row.is_active,
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
  const owners = [...new Set(rows.flatMap(({ organization_id: owner }) => owner ?? []))];
  const verified = owners.length === 0 ? new Map() : await findVerifiedDomains(q, owners);
  return rows.map((row) => toConnector(row, { mappings, verified }));
}

/** Counts the connectors of an organization. The count is right until the end of the transaction. */
export async function countOwned(tx: Transaction, organizationId: string): Promise<number> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba sso connectors ' || $1 || ' ' || $2, 0))", [
    tx.tenantId,
    organizationId,
  ]);
  const [row] = await tx.raw<{ count: number }>(
    'select count(*)::integer as count from sso_connectors where tenant_id = $1 and organization_id = $2',
    [tx.tenantId, organizationId],
  );
  return row?.count ?? 0;
}

/** The verified domains of organizations, which are the domains of their connectors. */
async function findVerifiedDomains(q: Queries, organizationIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await q.raw<{ id: string; domains: string[] }>(
    `select organization_id as id, array_agg(domain order by domain) as domains from organization_domains
     where tenant_id = $1 and organization_id = any($2) and verified_at is not null group by organization_id`,
    [q.tenantId, organizationIds],
  );
  return new Map(rows.map(({ id, domains }) => [id, domains]));
}

type Written = Omit<StoredSsoConnector, 'createdAt' | 'roleMappings' | 'id' | 'providerName' | 'metadataProblem'>;

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
      organization_id: given.organizationId,
      is_active: given.isActive,
      created_at: given.createdAt,
    }),
  );
}

type Patch = { [Name in keyof Written]?: Written[Name] | undefined } & { metadataReadAt?: Date | undefined };

/** Which connector; with an organization, only one of its own. */
export interface ConnectorKey {
  id: string;
  organizationId?: string | undefined;
}

/** Returns how many there were. */
export async function updateSsoConnector(
  q: Queries,
  { id, organizationId }: ConnectorKey,
  patch: Patch,
): Promise<number> {
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
    // The caller who sets the metadata has seen it.
    metadata_problem: patch.metadataReadAt && null,
    organization_id: patch.organizationId,
    is_active: patch.isActive,
  });
  const update = sql.updateTable('sso_connectors').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id);
  return q.run(organizationId === undefined ? update : update.where('organization_id', '=', organizationId));
}

export function deleteSsoConnector(q: Queries, { id, organizationId }: ConnectorKey): Promise<number> {
  const removal = sql.deleteFrom('sso_connectors').where('tenant_id', '=', q.tenantId).where('id', '=', id);
  return q.run(organizationId === undefined ? removal : removal.where('organization_id', '=', organizationId));
}

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

/**
 * One value of an attribute leads to at most one role of the organization that owns the connector. Returns how many
 * values lead to one then, which is right until the end of the transaction; undefined if the organization does not own
 * the connector.
 */
export async function mapOwn(
  tx: Transaction,
  { id, organizationId }: { id: string; organizationId: string },
  { attribute, value, roleId }: { attribute: string; value: string; roleId: string | null },
): Promise<number | undefined> {
  const key = [tx.tenantId, id, organizationId];
  const owned = await tx.raw(
    'select 1 from sso_connectors where tenant_id = $1 and id = $2 and organization_id = $3 for update',
    key,
  );
  if (owned.length === 0) return undefined;
  const ofConnector = 'tenant_id = $1 and connector_id = $2 and organization_id = $3';
  await tx.raw(`delete from sso_role_mappings where ${ofConnector} and attribute = $4 and value = $5`, [
    ...key,
    ...[attribute, value],
  ]);
  if (roleId !== null)
    await tx.raw(
      `insert into sso_role_mappings (tenant_id, connector_id, organization_id, attribute, value, organization_role_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [...key, attribute, value, roleId],
    );
  const [row] = await tx.raw<{ count: number }>(
    `select count(distinct (attribute, value))::integer as count from sso_role_mappings where ${ofConnector}`,
    key,
  );
  return row?.count ?? 0;
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

export interface DueMetadata {
  tenantId: string;
  id: string;
  url: string;
  stored: IdentityProviderMetadata | null;
  problem: StoredSsoConnector['metadataProblem'];
  organizationId: string | null;
}

/**
 * The SAML connector of all tenants whose metadata was read the longest ago, if that was before a time. It counts as
 * read now: another node or caller gets another one.
 */
export async function takeDueMetadata(system: Queries, before: Date, now: Date): Promise<DueMetadata | undefined> {
  const [due] = await system.raw<DueMetadata>(
    `update sso_connectors set metadata_read_at = $2
     where (tenant_id, id) = (
       select tenant_id, id from sso_connectors where metadata_url is not null and metadata_read_at < $1
       order by metadata_read_at limit 1 for update skip locked)
     returning tenant_id as "tenantId", id, metadata_url as url, provider_metadata as stored,
       metadata_problem as problem, organization_id as "organizationId"`,
    [before, now],
  );
  return due;
}

/**
 * Stores what a provider published, unless an operator has saved its configuration since it was taken. Returns whether
 * it did.
 */
export async function renewMetadata(
  tx: Transaction,
  { id, url }: { id: string; url: string },
  given: {
    providerMetadata: IdentityProviderMetadata | undefined;
    problem: StoredSsoConnector['metadataProblem'] | undefined;
    now: Date;
  },
): Promise<boolean> {
  const { providerMetadata, problem, now } = given;
  const stored = await tx.raw(
    `update sso_connectors set provider_metadata = coalesce($4::jsonb, provider_metadata), metadata_problem = $5::jsonb
     where tenant_id = $1 and id = $2 and metadata_url = $3 and metadata_read_at = $6 returning 1`,
    [tx.tenantId, id, url, jsonOf(providerMetadata) ?? null, jsonOf(problem) ?? null, now],
  );
  return stored.length > 0;
}
