import type { OrganizationEmailDomain, OrganizationRole, OrganizationSsoConnector, RoleType } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/index.ts';

export async function findEmailDomains(q: Queries, organizationId: string): Promise<OrganizationEmailDomain[]> {
  const rows = await q.raw<{ email_domain: string }>(
    `select email_domain from organization_jit_email_domains where tenant_id = $1 and organization_id = $2 order by email_domain`,
    [q.tenantId, organizationId],
  );
  return rows.map((row) => ({ tenantId: q.tenantId, organizationId, emailDomain: row.email_domain }));
}

/** @throws AldabaError `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found` */
export async function insertEmailDomain(q: Queries, organizationId: string, domain: string): Promise<void> {
  await q.raw(
    'insert into organization_jit_email_domains (tenant_id, organization_id, email_domain) values ($1, $2, $3)',
    [q.tenantId, organizationId, domain],
  );
}

export async function findJitRoles(q: Queries, organizationId: string): Promise<OrganizationRole[]> {
  const rows = await q.raw<{
    tenant_id: string;
    id: string;
    name: string;
    description: string | null;
    type: string;
  }>(
    `select r.tenant_id, r.id, r.name, r.description, r.type from organization_jit_roles j
       join organization_roles r on r.tenant_id = j.tenant_id and r.id = j.organization_role_id
      where j.tenant_id = $1 and j.organization_id = $2 order by r.name`,
    [q.tenantId, organizationId],
  );
  return rows.map(({ tenant_id, type, ...row }) => ({ tenantId: tenant_id, ...row, type: type as RoleType }));
}

/** Enterprise connectors whose users join the organization, without their configuration. */
export async function findJitConnectors(q: Queries, organizationId: string): Promise<OrganizationSsoConnector[]> {
  const rows = await q.raw<Omit<OrganizationSsoConnector, 'tenantId' | 'createdAt'> & { createdAt: Date }>(
    `select c.id, c.provider_name as "providerName", c.connector_name as "connectorName",
       case when c.organization_id is null then c.domains else array(
         select d.domain from organization_domains d where d.tenant_id = c.tenant_id
           and d.organization_id = c.organization_id and d.verified_at is not null order by d.domain) end as domains,
       c.branding, c.sync_profile as "syncProfile", c.created_at as "createdAt"
     from organization_jit_sso_connectors j
       join sso_connectors c on c.tenant_id = j.tenant_id and c.id = j.sso_connector_id
     where j.tenant_id = $1 and j.organization_id = $2 order by c.connector_name`,
    [q.tenantId, organizationId],
  );
  return rows.map((row) => ({ tenantId: q.tenantId, ...row, createdAt: row.createdAt.getTime() }));
}

/** What an organization gives to users who join it automatically, and whom it accepts. */
const lists = {
  emailDomains: { table: 'organization_jit_email_domains', column: 'email_domain' },
  roles: { table: 'organization_jit_roles', column: 'organization_role_id' },
  connectors: { table: 'organization_jit_sso_connectors', column: 'sso_connector_id' },
} as const;
type List = keyof typeof lists;

/** Adds to a list; existing values stay. @throws AldabaError `entity.relation_foreign_key_not_found` */
export async function insertInto(
  tx: Transaction,
  list: List,
  organizationId: string,
  values: readonly string[],
): Promise<void> {
  const { table, column } = lists[list];
  await tx.raw(
    `insert into ${table} (tenant_id, organization_id, ${column})
     select $1, $2, given.value from unnest($3::text[]) as given (value) order by 1, 2, 3 on conflict do nothing`,
    [tx.tenantId, organizationId, values],
  );
}

/** Removes only `only` from a list, or all except the given values. Returns how many were removed. */
export async function deleteFrom(
  tx: Transaction,
  list: List,
  organizationId: string,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<number> {
  const { table, column } = lists[list];
  const test = 'only' in which ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw(
    `delete from ${table} where tenant_id = $1 and organization_id = $2 and ${column} ${test} returning ${column}`,
    [tx.tenantId, organizationId, 'only' in which ? which.only : which.except],
  );
  return rows.length;
}

/** An organization that a user joins, and the roles it gives. */
export interface OpenOrganization {
  id: string;
  role_ids: string[];
}

/** The organizations that accept a domain (queried for every new address), or those of the given ids that exist. */
export function findOpenOrganizations(
  q: Queries,
  by: { domain: string } | { connectorId: string } | { ids: readonly string[] },
): Promise<OpenOrganization[]> {
  const [open, value] =
    'domain' in by
      ? [
          'select organization_id as id from organization_jit_email_domains where tenant_id = $1 and email_domain = $2',
          by.domain,
        ]
      : 'connectorId' in by
        ? [
            'select organization_id as id from organization_jit_sso_connectors where tenant_id = $1 and sso_connector_id = $2',
            by.connectorId,
          ]
        : ['select id from organizations where tenant_id = $1 and id = any($2)', by.ids];
  return q.raw(
    `select o.id, array(select j.organization_role_id from organization_jit_roles j
        where j.tenant_id = $1 and j.organization_id = o.id) as role_ids from (${open}) o order by 1`,
    [q.tenantId, value],
  );
}
