/** Which organization roles of a user came from the mappings of a connector. */
import type { Transaction } from '../../../store/index.ts';

interface Giver {
  userId: string;
  connectorId: string;
}

/** By organization. */
export async function findGivenRoles(
  tx: Transaction,
  { userId, connectorId }: Giver,
): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await tx.raw<{ organization_id: string; role_ids: string[] }>(
    `select organization_id, array_agg(organization_role_id order by organization_role_id) as role_ids
     from sso_given_roles where tenant_id = $1 and user_id = $2 and connector_id = $3 group by organization_id`,
    [tx.tenantId, userId, connectorId],
  );
  return new Map(rows.map(({ organization_id: id, role_ids: roles }) => [id, new Set(roles)]));
}

/** Returns whether the user has the role from no other connector. */
export async function forgetGivenRole(
  tx: Transaction,
  { userId, connectorId, organizationId }: Giver & { organizationId: string },
  roleId: string,
): Promise<boolean> {
  await tx.raw(
    `delete from sso_given_roles where tenant_id = $1 and user_id = $2 and connector_id = $3 and organization_id = $4
       and organization_role_id = $5`,
    [tx.tenantId, userId, connectorId, organizationId, roleId],
  );
  const others = await tx.raw(
    `select 1 from sso_given_roles where tenant_id = $1 and user_id = $2 and organization_id = $3
       and organization_role_id = $4 limit 1`,
    [tx.tenantId, userId, organizationId, roleId],
  );
  return others.length === 0;
}

/** Notes roles that the user did not have, and roles of another connector: the role ends with its last connector. */
export async function noteGivenRoles(
  tx: Transaction,
  { userId, connectorId, organizationId }: Giver & { organizationId: string },
  { missing, wanted }: { missing: readonly string[]; wanted: readonly string[] },
): Promise<void> {
  if (wanted.length === 0) return;
  await tx.raw(
    `insert into sso_given_roles (tenant_id, user_id, connector_id, organization_id, organization_role_id)
     select $1, $2, $3, $4, id from unnest($6::text[]) id
     where id = any($5) or exists (select 1 from sso_given_roles g where g.tenant_id = $1 and g.user_id = $2
       and g.organization_id = $4 and g.organization_role_id = id)
     on conflict do nothing`,
    [tx.tenantId, userId, connectorId, organizationId, missing, wanted],
  );
}
