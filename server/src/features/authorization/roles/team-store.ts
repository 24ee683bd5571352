/** Roles of the admin tenant that give its users access to the Management APIs of other tenants. */
import { fullAccess } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';
import { adminTenantId } from '../../../tenancy/address.ts';

/** Ends the ID of the role that reads a tenant. */
export const viewerSuffix = '-viewer';

/** Inserts a role of a tenant's team into the admin tenant. Returns whether it was inserted. */
export async function insertTeamRole(
  tx: Transaction,
  role: { id: string; name: string; description: string },
): Promise<boolean> {
  const rows = await tx.raw(
    `insert into roles (tenant_id, id, name, description, type) values ($1, $2, $3, $4, 'User')
     on conflict do nothing returning id`,
    [tx.tenantId, role.id, role.name, role.description],
  );
  return rows.length > 0;
}

/** Gives the roles of the admin tenant that read a tenant further permissions to read. */
export const grantReading = (system: Queries, names: readonly string[]): Promise<unknown> =>
  system.raw(
    `insert into roles_scopes (tenant_id, role_id, scope_id)
     select s.tenant_id, r.id, s.id
       from tenants t join roles r on r.tenant_id = $1 and r.id = t.id || $2
       join scopes s on s.tenant_id = $1 and s.resource_id = t.id || '-management-api'
      where s.name = any($3::text[]) and s.name like 'read:%' on conflict do nothing`,
    [adminTenantId, viewerSuffix, names],
  );

/** Holds other decisions about who has a role back until the transaction ends. */
export const lockRole = (tx: Transaction, id: string): Promise<unknown> =>
  tx.raw('select from roles where tenant_id = $1 and id = $2 for no key update', [tx.tenantId, id]);

/** A user with permissions on a resource. */
export interface PermittedUser {
  userId: string;
  /** The IDs of the roles that give them. */
  roleIds: string[];
  permissions: string[];
}

/** The users whose roles give permissions on a resource, oldest first. */
export async function findPermittedUsers(q: Queries, indicator: string): Promise<PermittedUser[]> {
  const rows = await q.raw<{ user_id: string; role_ids: string[]; permissions: string[] }>(
    // The roles come first: then each role's users are found by their index, in a tenant of any size.
    `with granting as materialized (
       select rs.role_id, s.name
         from resources r join scopes s on s.tenant_id = r.tenant_id and s.resource_id = r.id
         join roles_scopes rs on rs.tenant_id = s.tenant_id and rs.scope_id = s.id
        where r.tenant_id = $1 and r.indicator = $2)
     select ur.user_id, array_agg(distinct ur.role_id) as role_ids, array_agg(distinct g.name) as permissions
       from users_roles ur join granting g on g.role_id = ur.role_id
      where ur.tenant_id = $1 and ur.role_id = any(array(select role_id from granting))
      group by ur.user_id, ur.user_created_at order by ur.user_created_at, ur.user_id`,
    [q.tenantId, indicator],
  );
  return rows.map(({ user_id: userId, role_ids: roleIds, permissions }) => ({ userId, roleIds, permissions }));
}

/** The permissions of a user by the indicator of their resource; undefined for suspended and deleted users. */
export async function findAdministration(
  q: Queries,
  userId: string,
): Promise<ReadonlyMap<string, string[]> | undefined> {
  const rows = await q.raw<{ indicator: string | null; names: string[] }>(
    `select r.indicator, array_agg(distinct s.name) as names
       from users u left join (users_roles ur
         join roles_scopes rs on rs.tenant_id = ur.tenant_id and rs.role_id = ur.role_id
         join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
         join resources r on r.tenant_id = s.tenant_id and r.id = s.resource_id)
         on ur.tenant_id = u.tenant_id and ur.user_id = u.id
      where u.tenant_id = $1 and u.id = $2 and not u.is_suspended group by r.indicator`,
    [q.tenantId, userId],
  );
  return rows.length === 0 ? undefined : new Map(rows.map(({ indicator, names }) => [indicator ?? '', names]));
}

/** Whether a user who may sign in, or an application, has full access to the Management API of an indicator now. */
export async function findFullAccess(q: Queries, indicator: string, holderId: string): Promise<boolean> {
  const rows = await q.raw(
    `select from resources r join scopes s on s.tenant_id = r.tenant_id and s.resource_id = r.id and s.name = $4
       join roles_scopes rs on rs.tenant_id = s.tenant_id and rs.scope_id = s.id
       join (select ur.tenant_id, ur.role_id from users_roles ur join users u on u.tenant_id = ur.tenant_id and u.id = ur.user_id
              where ur.tenant_id = $1 and u.id = $3 and not u.is_suspended
             union all
             select tenant_id, role_id from applications_roles where tenant_id = $1 and application_id = $3) held
         on held.tenant_id = rs.tenant_id and held.role_id = rs.role_id
      where r.tenant_id = $1 and r.indicator = $2 limit 1`,
    [q.tenantId, indicator, holderId, fullAccess],
  );
  return rows.length > 0;
}
