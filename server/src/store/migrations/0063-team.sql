-- Invitations of colleagues are one-time links too: they name the tenant that is opened to the account, and how far.
alter table one_time_links
  add column id text,
  add column managed_tenant_id text references tenants on delete cascade,
  add column role text check (role in ('full', 'read-only')),
  add column email text,
  add column inviter_id text,
  add column created_at timestamptz not null default now(),
  add foreign key (tenant_id, inviter_id) references users on delete cascade,
  add constraint one_time_links_purpose check (case purpose
    when 'administrator' then id is null and managed_tenant_id is null and role is null
    when 'invitation' then id is not null and managed_tenant_id is not null and role is not null end),
  add unique (tenant_id, id);
create index one_time_links_inviter on one_time_links (tenant_id, inviter_id);
create index one_time_links_managed_tenant on one_time_links (managed_tenant_id);

-- In the admin tenant, beside the administrators of each tenant: colleagues who read everything and change nothing.
insert into roles (tenant_id, id, name, description, type)
select 'admin', t.id || '-viewer', t.id || ':viewer', 'Reads everything of the tenant ' || t.id || '.', 'User'
  from tenants t where t.id <> 'admin' and exists (select from tenants where id = 'admin')
on conflict do nothing;
insert into roles_scopes (tenant_id, role_id, scope_id)
select s.tenant_id, t.id || '-viewer', s.id
  from tenants t join scopes s on s.tenant_id = 'admin' and s.resource_id = t.id || '-management-api'
 where t.id <> 'admin' and s.name like 'read:%'
on conflict do nothing;
