-- Control of a tenant comes of the tenant's own roles for machines, never of a role in an organization.
delete from organization_role_resource_scopes h using scopes s, resources r
  where s.tenant_id = h.tenant_id and s.id = h.scope_id and r.tenant_id = s.tenant_id and r.id = s.resource_id
    and r.indicator ~ '^https://[a-z0-9-]+\.logto\.app/api$';

-- The admin tenant gives tokens for the Management API of every tenant. Tenants that are created later are added by the server;
-- these were there before it did.
insert into resources (tenant_id, id, name, indicator)
  select 'admin', t.id || '-management-api', 'Management API of the tenant ' || t.id, 'https://' || t.id || '.logto.app/api'
    from tenants t where t.id <> 'admin' and exists (select from tenants where id = 'admin')
  on conflict do nothing;
insert into scopes (tenant_id, id, resource_id, name, description)
  select 'admin', t.id || '-management-api-all', t.id || '-management-api', 'all', 'Everything the Management API offers.'
    from tenants t join resources r on r.tenant_id = 'admin' and r.id = t.id || '-management-api'
  on conflict do nothing;
insert into roles (tenant_id, id, name, description, type)
  select 'admin', t.id || '-admin', t.id || ':admin', 'Administrator of the tenant ' || t.id || '.', 'User'
    from tenants t where t.id <> 'admin' and exists (select from tenants where id = 'admin')
  on conflict do nothing;
insert into roles_scopes (tenant_id, role_id, scope_id)
  select 'admin', t.id || '-admin', t.id || '-management-api-all'
    from tenants t
    join roles r on r.tenant_id = 'admin' and r.id = t.id || '-admin'
    join scopes s on s.tenant_id = 'admin' and s.id = t.id || '-management-api-all'
  on conflict do nothing;
