import type { ConsentScopeType } from '@aldaba/contract';
import type { Queries } from '../../../store/index.ts';

export async function findApplicationKind(q: Queries, id: string): Promise<{ isThirdParty: boolean } | undefined> {
  const [row] = await q.raw<{ is_third_party: boolean }>(
    'select is_third_party from applications where tenant_id = $1 and id = $2',
    [q.tenantId, id],
  );
  return row && { isThirdParty: row.is_third_party };
}

export interface AllowedName {
  kind: 'user' | 'resource' | 'organization' | 'organization-resource';
  resourceId: string | null;
  name: string;
}

/** All allowed scopes of an application, by name. */
export const findNames = (q: Queries, applicationId: string): Promise<AllowedName[]> =>
  q.raw<AllowedName>(
    `select 'user' as kind, null as "resourceId", user_scope as name
       from application_consent_user_scopes where tenant_id = $1 and application_id = $2
     union all
     select case when c.in_organizations then 'organization-resource' else 'resource' end, s.resource_id, s.name
       from application_consent_resource_scopes c join scopes s on s.tenant_id = c.tenant_id and s.id = c.scope_id
      where c.tenant_id = $1 and c.application_id = $2
     union all
     select 'organization', null, o.name
       from application_consent_organization_scopes c
       join organization_scopes o on o.tenant_id = c.tenant_id and o.id = c.organization_scope_id
      where c.tenant_id = $1 and c.application_id = $2`,
    [q.tenantId, applicationId],
  );

export async function findUserScopes(q: Queries, applicationId: string): Promise<string[]> {
  const rows = await q.raw<{ user_scope: string }>(
    `select user_scope from application_consent_user_scopes where tenant_id = $1 and application_id = $2
      order by user_scope`,
    [q.tenantId, applicationId],
  );
  return rows.map((row) => row.user_scope);
}

export interface Scope {
  id: string;
  name: string;
  description: string | null;
}

export interface ResourceScope extends Scope {
  resource: { id: string; name: string; indicator: string };
}

/** By resource and name. */
export const findResourceScopes = (
  q: Queries,
  applicationId: string,
  inOrganizations: boolean,
): Promise<ResourceScope[]> =>
  q.raw<ResourceScope>(
    `select s.id, s.name, s.description,
            jsonb_build_object('id', r.id, 'name', r.name, 'indicator', r.indicator) as resource
       from application_consent_resource_scopes c
       join scopes s on s.tenant_id = c.tenant_id and s.id = c.scope_id
       join resources r on r.tenant_id = s.tenant_id and r.id = s.resource_id
      where c.tenant_id = $1 and c.application_id = $2 and c.in_organizations = $3
      order by r.name, r.id, s.name, s.id`,
    [q.tenantId, applicationId, inOrganizations],
  );

export const findOrganizationScopes = (q: Queries, applicationId: string): Promise<Scope[]> =>
  q.raw<Scope>(
    `select o.id, o.name, o.description
       from application_consent_organization_scopes c
       join organization_scopes o on o.tenant_id = c.tenant_id and o.id = c.organization_scope_id
      where c.tenant_id = $1 and c.application_id = $2 order by o.name, o.id`,
    [q.tenantId, applicationId],
  );

export async function insertUserScopes(q: Queries, applicationId: string, scopes: readonly string[]): Promise<void> {
  if (scopes.length === 0) return;
  await q.raw(
    `insert into application_consent_user_scopes (tenant_id, application_id, user_scope)
     select $1, $2, id from unnest($3::text[]) as given (id) order by id on conflict do nothing`,
    [q.tenantId, applicationId, scopes],
  );
}

export async function insertResourceScopes(
  q: Queries,
  applicationId: string,
  scopeIds: readonly string[],
  inOrganizations: boolean,
): Promise<void> {
  if (scopeIds.length === 0) return;
  await q.raw(
    `insert into application_consent_resource_scopes (tenant_id, application_id, scope_id, in_organizations)
     select $1, $2, id, $4 from unnest($3::text[]) as given (id) order by id on conflict do nothing`,
    [q.tenantId, applicationId, scopeIds, inOrganizations],
  );
}

export async function insertOrganizationScopes(
  q: Queries,
  applicationId: string,
  scopeIds: readonly string[],
): Promise<void> {
  if (scopeIds.length === 0) return;
  await q.raw(
    `insert into application_consent_organization_scopes (tenant_id, application_id, organization_scope_id)
     select $1, $2, id from unnest($3::text[]) as given (id) order by id on conflict do nothing`,
    [q.tenantId, applicationId, scopeIds],
  );
}

const deletions: Record<ConsentScopeType, string> = {
  'user-scopes': 'application_consent_user_scopes where user_scope = $3',
  'resource-scopes': 'application_consent_resource_scopes where scope_id = $3 and not in_organizations',
  'organization-resource-scopes': 'application_consent_resource_scopes where scope_id = $3 and in_organizations',
  'organization-scopes': 'application_consent_organization_scopes where organization_scope_id = $3',
};

/** @returns whether the scope was allowed before */
export async function deleteScope(
  q: Queries,
  applicationId: string,
  type: ConsentScopeType,
  scopeId: string,
): Promise<boolean> {
  const rows = await q.raw(`delete from ${deletions[type]} and tenant_id = $1 and application_id = $2 returning 1`, [
    q.tenantId,
    applicationId,
    scopeId,
  ]);
  return rows.length > 0;
}
