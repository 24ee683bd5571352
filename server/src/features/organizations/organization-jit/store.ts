import type { OrganizationEmailDomain, OrganizationRole, RoleType } from '@aldaba/contract';
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

/** Existing rows stay. */
export async function insertEmailDomains(
  tx: Transaction,
  organizationId: string,
  domains: readonly string[],
): Promise<void> {
  await tx.raw(
    `insert into organization_jit_email_domains (tenant_id, organization_id, email_domain)
     select $1, $2, domain.name from unnest($3::text[]) as domain (name) order by domain.name on conflict do nothing`,
    [tx.tenantId, organizationId, domains],
  );
}

/** Removes only `only`, or all except the given ones. Returns how many were removed. */
export async function deleteEmailDomains(
  tx: Transaction,
  organizationId: string,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<number> {
  const test = 'only' in which ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw(
    `delete from organization_jit_email_domains
      where tenant_id = $1 and organization_id = $2 and email_domain ${test} returning email_domain`,
    [tx.tenantId, organizationId, 'only' in which ? which.only : which.except],
  );
  return rows.length;
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

/** Existing rows stay. @throws AldabaError `entity.relation_foreign_key_not_found` */
export async function insertJitRoles(
  tx: Transaction,
  organizationId: string,
  roleIds: readonly string[],
): Promise<void> {
  await tx.raw(
    `insert into organization_jit_roles (tenant_id, organization_id, organization_role_id)
     select $1, $2, role.id from unnest($3::text[]) as role (id) order by role.id on conflict do nothing`,
    [tx.tenantId, organizationId, roleIds],
  );
}

/** Removes only `only`, or all except the given ones. Returns how many were removed. */
export async function deleteJitRoles(
  tx: Transaction,
  organizationId: string,
  which: { only: readonly string[] } | { except: readonly string[] },
): Promise<number> {
  const test = 'only' in which ? '= any($3::text[])' : '<> all($3::text[])';
  const rows = await tx.raw(
    `delete from organization_jit_roles
      where tenant_id = $1 and organization_id = $2 and organization_role_id ${test} returning organization_role_id`,
    [tx.tenantId, organizationId, 'only' in which ? which.only : which.except],
  );
  return rows.length;
}

/** An organization with just-in-time membership, and the roles it gives. */
export interface OpenOrganization {
  id: string;
  role_ids: string[];
}

const roleIds = (organizationId: string) =>
  `array(select j.organization_role_id from organization_jit_roles j
          where j.tenant_id = $1 and j.organization_id = ${organizationId}) as role_ids`;

/** The organizations that accept this domain. Queried for every new address. */
export const findOpenOrganizations = (q: Queries, domain: string): Promise<OpenOrganization[]> =>
  q.raw(
    `select d.organization_id as id, ${roleIds('d.organization_id')}
     from organization_jit_email_domains d where d.tenant_id = $1 and d.email_domain = $2 order by 1`,
    [q.tenantId, domain],
  );

/** The organizations of these ids that exist. */
export const findNamedOrganizations = (q: Queries, ids: readonly string[]): Promise<OpenOrganization[]> =>
  q.raw(`select o.id, ${roleIds('o.id')} from organizations o where o.tenant_id = $1 and o.id = any($2) order by 1`, [
    q.tenantId,
    ids,
  ]);
