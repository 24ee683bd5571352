-- Consent is kept per resource: what was shown to the user and agreed to. Null for the operator's own applications, which ask nobody.
--   user: scopes about the user; resources: permissions by resource id; organization: permissions in organizations;
--   organizationResources: permissions that roles in organizations give, by resource id
alter table grants add column consent jsonb;
-- How the user had signed in when the grant was last given (RFC 8176); null for grants of earlier releases.
alter table grants add column amr text[];
-- Authorizations of this session whose grants were revoked, oldest first: clientId, id, isOffline.
alter table sessions add column past_authorizations jsonb not null default '[]';
-- Names the same applications, without their grants (0030).
alter table sessions drop column revoked_applications;

-- Grants of earlier releases have one list of scopes and one of resources. A scope counts for a resource if the user holds it there
-- now and no other resource of the grant has one of that name. Permissions that organizations give on resources were never shown.
update grants g set consent = jsonb_build_object(
    'user', (
      select coalesce(jsonb_agg(name), '[]') from unnest(string_to_array(g.scope, ' ')) name
       where name in ('openid', 'offline_access', 'profile', 'email', 'phone', 'address', 'roles', 'custom_data', 'identities',
                      'urn:logto:scope:organizations', 'urn:logto:scope:organization_roles')),
    'resources', (
      select coalesce(jsonb_object_agg(r.id, (
          select coalesce(jsonb_agg(s.name), '[]') from scopes s
           where s.tenant_id = g.tenant_id and s.resource_id = r.id and s.name = any(string_to_array(g.scope, ' '))
             and exists (
               select from users_roles h join roles_scopes rs on rs.tenant_id = h.tenant_id and rs.role_id = h.role_id
                where h.tenant_id = g.tenant_id and h.user_id = g.user_id and rs.scope_id = s.id)
             and not exists (
               select from resources o join scopes os on os.tenant_id = o.tenant_id and os.resource_id = o.id
                where o.tenant_id = g.tenant_id and o.indicator = any(g.resources) and o.id <> r.id and os.name = s.name))), '{}')
        from resources r where r.tenant_id = g.tenant_id and r.indicator = any(g.resources)),
    'organization', (
      select coalesce(jsonb_agg(s.name), '[]') from organization_scopes s
       where s.tenant_id = g.tenant_id and s.name = any(string_to_array(g.scope, ' '))),
    'organizationResources', '{}'::jsonb)
  from applications a
 where a.tenant_id = g.tenant_id and a.id = g.application_id and a.is_third_party;

alter table grants drop column resources;
