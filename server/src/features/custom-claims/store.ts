import type { Queries } from '../../store/index.ts';

/** What a script learns about a person's roles and organizations. */
export interface Memberships {
  roles: object[];
  organizations: object[];
  organizationRoles: object[];
}

/** In one statement: it is asked for every token of a tenant that has a script. */
export async function findMemberships(q: Queries, userId: string): Promise<Memberships> {
  const [row] = await q.raw<Memberships>(
    `select
       (select coalesce(json_agg(json_build_object('id', r.id, 'name', r.name, 'description', r.description, 'scopes', (
          select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'description', s.description,
                   'resourceId', s.resource_id, 'resource', json_build_object('tenantId', p.tenant_id, 'id', p.id,
                     'name', p.name, 'indicator', p.indicator, 'isDefault', p.is_default,
                     'accessTokenTtl', p.access_token_ttl)) order by s.name), '[]')
            from roles_scopes rs
            join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
            join resources p on p.tenant_id = s.tenant_id and p.id = s.resource_id
           where rs.tenant_id = r.tenant_id and rs.role_id = r.id)) order by r.name), '[]')
          from users_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
         where ur.tenant_id = $1 and ur.user_id = $2) as roles,
       (select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'description', o.description) order by o.name), '[]')
          from organization_users ou join organizations o on o.tenant_id = ou.tenant_id and o.id = ou.organization_id
         where ou.tenant_id = $1 and ou.user_id = $2) as organizations,
       (select coalesce(json_agg(json_build_object('organizationId', our.organization_id, 'roleId', r.id, 'roleName', r.name)
                 order by our.organization_id, r.name), '[]')
          from organization_user_roles our
          join organization_roles r on r.tenant_id = our.tenant_id and r.id = our.organization_role_id
         where our.tenant_id = $1 and our.user_id = $2) as "organizationRoles"`,
    [q.tenantId, userId],
  );
  return row ?? { roles: [], organizations: [], organizationRoles: [] };
}
