import type { Application } from '@aldaba/contract';
import { sql as fragment } from 'kysely';
import { defined, jsonOf } from '../../../kernel/defined.ts';
import type { Queries } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type Search, searchCondition } from '../../../store/search.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';
import type { ApplicationType } from './client.ts';

/** An application as stored: its first secret is sealed. */
export interface StoredApplication extends Omit<Application, 'secret'> {
  secretSealed: string | null;
}

type Row = StoredRow<'applications'>;

const toApplication = (row: Row): StoredApplication => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  type: row.type as ApplicationType,
  description: row.description,
  secretSealed: row.secret_sealed,
  oidcClientMetadata: row.oidc_client_metadata as Application['oidcClientMetadata'],
  customClientMetadata: row.custom_client_metadata as Application['customClientMetadata'],
  protectedAppMetadata: row.protected_app_metadata as Application['protectedAppMetadata'],
  customData: row.custom_data as Application['customData'],
  isThirdParty: row.is_third_party,
  appLevelAccessControlEnabled: row.app_level_access_control_enabled,
  createdAt: row.created_at.getTime(),
});

export async function findApplication(q: Queries, id: string): Promise<StoredApplication | undefined> {
  const row = await q.first(
    sql.selectFrom('applications').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toApplication(row);
}

export interface ApplicationFilter {
  search?: Search | undefined;
  types?: readonly ApplicationType[] | undefined;
  isThirdParty?: boolean | undefined;
  /** Applications that have this role. */
  roleId?: string | undefined;
  /** Applications that do not have this role. */
  excludeRoleId?: string | undefined;
  /** Members of this organization. */
  organizationId?: string | undefined;
  /** Applications that are not members of this organization. */
  excludeOrganizationId?: string | undefined;
}

/** Newest first. */
export async function findApplicationList(
  q: Queries,
  filter: ApplicationFilter,
  slice?: Slice,
): Promise<Listed<StoredApplication>> {
  const hasRole = (roleId: string) =>
    fragment<boolean>`exists (select from applications_roles ar where ar.tenant_id = applications.tenant_id and ar.application_id = applications.id and ar.role_id = ${roleId})`;
  const isMember = (organizationId: string) =>
    fragment<boolean>`exists (select from organization_applications m where m.tenant_id = applications.tenant_id and m.organization_id = ${organizationId} and m.application_id = applications.id)`;
  let query = sql.selectFrom('applications').where('tenant_id', '=', q.tenantId);
  if (filter.organizationId !== undefined) query = query.where(isMember(filter.organizationId));
  if (filter.excludeOrganizationId !== undefined)
    query = query.where(fragment<boolean>`not ${isMember(filter.excludeOrganizationId)}`);
  if (filter.types) query = query.where('type', 'in', filter.types);
  if (filter.isThirdParty !== undefined) query = query.where('is_third_party', '=', filter.isThirdParty);
  if (filter.roleId !== undefined) query = query.where(hasRole(filter.roleId));
  if (filter.excludeRoleId !== undefined) query = query.where(fragment<boolean>`not ${hasRole(filter.excludeRoleId)}`);
  if (filter.search) {
    query = query.where(
      searchCondition(filter.search, {
        id: 'applications.id',
        name: 'applications.name',
        description: 'applications.description',
      }),
    );
  }
  const rows = query.selectAll().orderBy('created_at', 'desc').orderBy('id');
  return findList(q, rows, { slice, toItem: toApplication });
}

export interface ApplicationColumns {
  name?: string | undefined;
  description?: string | null | undefined;
  oidcClientMetadata?: Application['oidcClientMetadata'] | undefined;
  customClientMetadata?: Application['customClientMetadata'] | undefined;
  customData?: Record<string, unknown> | undefined;
  secretSealed?: string | null | undefined;
  appLevelAccessControlEnabled?: boolean | undefined;
}

const toValues = (columns: ApplicationColumns) =>
  defined({
    name: columns.name,
    description: columns.description,
    oidc_client_metadata: jsonOf(columns.oidcClientMetadata),
    custom_client_metadata: jsonOf(columns.customClientMetadata),
    custom_data: jsonOf(columns.customData),
    secret_sealed: columns.secretSealed,
    app_level_access_control_enabled: columns.appLevelAccessControlEnabled,
  });

export async function insertApplication(
  q: Queries,
  application: Omit<
    StoredApplication,
    'tenantId' | 'protectedAppMetadata' | 'createdAt' | 'appLevelAccessControlEnabled'
  > & { createdAt: Date },
): Promise<void> {
  await q.run(
    sql.insertInto('applications').values({
      ...toValues(application),
      tenant_id: q.tenantId,
      id: application.id,
      name: application.name,
      type: application.type,
      oidc_client_metadata: JSON.stringify(application.oidcClientMetadata),
      is_third_party: application.isThirdParty,
      created_at: application.createdAt,
    }),
  );
}

export async function updateApplicationRow(
  q: Queries,
  id: string,
  columns: ApplicationColumns,
): Promise<StoredApplication | undefined> {
  const values = toValues(columns);
  if (Object.keys(values).length === 0) return findApplication(q, id);
  const row = await q.first(
    sql.updateTable('applications').set(values).where('tenant_id', '=', q.tenantId).where('id', '=', id).returningAll(),
  );
  return row && toApplication(row);
}

/** Merges the first level in one statement, so that concurrent merges both count. */
export async function mergeCustomData(
  q: Queries,
  id: string,
  part: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await q.raw<{ custom_data: Record<string, unknown> }>(
    'update applications set custom_data = custom_data || $3::jsonb where tenant_id = $1 and id = $2 returning custom_data',
    [q.tenantId, id, JSON.stringify(part)],
  );
  return row?.custom_data;
}

export const deleteApplicationRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('applications').where('tenant_id', '=', q.tenantId).where('id', '=', id));

// Named secrets

export interface StoredSecret {
  name: string;
  valueSealed: string;
  createdAt: number;
  expiresAt: number | null;
}

type SecretRow = Omit<StoredRow<'application_secrets'>, 'application_id' | 'tenant_id'>;

const toSecret = (row: SecretRow): StoredSecret => ({
  name: row.name,
  valueSealed: row.value_sealed,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at?.getTime() ?? null,
});

/** Oldest first. */
export async function findSecrets(q: Queries, applicationId: string): Promise<StoredSecret[]> {
  const rows = await q.all(
    sql
      .selectFrom('application_secrets')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where('application_id', '=', applicationId)
      .orderBy('created_at')
      .orderBy('name'),
  );
  return rows.map(toSecret);
}

export async function insertSecret(
  q: Queries,
  applicationId: string,
  secret: { name: string; valueSealed: string; createdAt: Date; expiresAt: Date | null },
): Promise<StoredSecret> {
  const row = await q.first(
    sql
      .insertInto('application_secrets')
      .values({
        tenant_id: q.tenantId,
        application_id: applicationId,
        name: secret.name,
        value_sealed: secret.valueSealed,
        created_at: secret.createdAt,
        expires_at: secret.expiresAt,
      })
      .returningAll(),
  );
  return toSecret(row as NonNullable<typeof row>);
}

export async function renameSecret(
  q: Queries,
  at: { applicationId: string; name: string },
  to: { name: string; valueSealed: string },
): Promise<StoredSecret | undefined> {
  const row = await q.first(
    sql
      .updateTable('application_secrets')
      .set({ name: to.name, value_sealed: to.valueSealed })
      .where('tenant_id', '=', q.tenantId)
      .where('application_id', '=', at.applicationId)
      .where('name', '=', at.name)
      .returningAll(),
  );
  return row && toSecret(row);
}

export const deleteSecretRow = (q: Queries, at: { applicationId: string; name: string }): Promise<number> =>
  q.run(
    sql
      .deleteFrom('application_secrets')
      .where('tenant_id', '=', q.tenantId)
      .where('application_id', '=', at.applicationId)
      .where('name', '=', at.name),
  );
