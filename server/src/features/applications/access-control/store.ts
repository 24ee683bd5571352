import type { AccessControl } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/index.ts';

export async function findApplicationType(q: Queries, id: string): Promise<string | undefined> {
  const [row] = await q.raw<{ type: string }>('select type from applications where tenant_id = $1 and id = $2', [
    q.tenantId,
    id,
  ]);
  return row?.type;
}

export async function mayUse(q: Queries, applicationIds: readonly string[], userId: string): Promise<boolean> {
  const [row] = await q.raw<{ may_use: boolean }>(
    'select bool_and(may_use_application($1, id, $3)) as may_use from unnest($2::text[]) as asked (id)',
    [q.tenantId, applicationIds, userId],
  );
  return row?.may_use === true;
}

/** Whether a rule names a role that no user can have. */
export async function hasMachineRole(q: Queries, rules: AccessControl): Promise<boolean> {
  const ofOrganizations = rules.organizationRoleRules.flatMap(({ organizationRoleIds }) => organizationRoleIds);
  if (rules.userRoleIds.length + ofOrganizations.length === 0) return false;
  const rows = await q.raw(
    `select from roles where tenant_id = $1 and id = any($2::text[]) and type <> 'User'
     union all
     select from organization_roles where tenant_id = $1 and id = any($3::text[]) and type <> 'User' limit 1`,
    [q.tenantId, rules.userRoleIds, ofOrganizations],
  );
  return rows.length > 0;
}

export async function findRules(q: Queries, applicationId: string): Promise<AccessControl> {
  const [row] = await q.raw<AccessControl>(
    `select
       (select coalesce(jsonb_agg(user_id order by user_id), '[]') from application_access_users
         where tenant_id = $1 and application_id = $2) as "userIds",
       (select coalesce(jsonb_agg(role_id order by role_id), '[]') from application_access_roles
         where tenant_id = $1 and application_id = $2) as "userRoleIds",
       (select coalesce(jsonb_agg(organization_id order by organization_id), '[]') from application_access_organizations
         where tenant_id = $1 and application_id = $2) as "organizationIds",
       (select coalesce(jsonb_agg(rule order by rule ->> 'organizationId'), '[]') from (
          select jsonb_build_object('organizationId', organization_id,
                   'organizationRoleIds', jsonb_agg(organization_role_id order by organization_role_id)) as rule
            from application_access_organization_roles where tenant_id = $1 and application_id = $2
           group by organization_id) rules) as "organizationRoleRules"`,
    [q.tenantId, applicationId],
  );
  return row as AccessControl;
}

/** The tables that hold one id per row and rule. */
const lists = [
  { table: 'application_access_users', column: 'user_id', member: 'userIds' },
  { table: 'application_access_roles', column: 'role_id', member: 'userRoleIds' },
  { table: 'application_access_organizations', column: 'organization_id', member: 'organizationIds' },
] as const;

export async function replaceRules(tx: Transaction, applicationId: string, rules: AccessControl): Promise<void> {
  const of = [tx.tenantId, applicationId];
  for (const { table, column, member } of lists) {
    await tx.raw(`delete from ${table} where tenant_id = $1 and application_id = $2`, of);
    await tx.raw(
      `insert into ${table} (tenant_id, application_id, ${column})
       select $1, $2, id from unnest($3::text[]) as given (id) order by id on conflict do nothing`,
      [...of, rules[member]],
    );
  }
  await tx.raw('delete from application_access_organization_roles where tenant_id = $1 and application_id = $2', of);
  const pairs = rules.organizationRoleRules.flatMap(({ organizationId, organizationRoleIds }) =>
    organizationRoleIds.map((roleId) => [organizationId, roleId] as const),
  );
  await tx.raw(
    `insert into application_access_organization_roles (tenant_id, application_id, organization_id, organization_role_id)
     select $1, $2, organization_id, role_id from unnest($3::text[], $4::text[]) as given (organization_id, role_id)
      order by organization_id, role_id
     on conflict do nothing`,
    [...of, pairs.map(([organizationId]) => organizationId), pairs.map(([, roleId]) => roleId)],
  );
}
