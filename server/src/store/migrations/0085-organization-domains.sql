-- The domains that an organization says are its own, and how that was proved.
create table organization_domains (
  tenant_id text not null references tenants on delete cascade,
  organization_id text not null,
  domain text not null,
  -- The value of the TXT record. It is public once it is in the DNS.
  token text not null,
  created_at timestamptz not null,
  verified_at timestamptz,
  verified_by text check (verified_by in ('dns', 'email')),
  primary key (tenant_id, organization_id, domain),
  foreign key (tenant_id, organization_id) references organizations (tenant_id, id) on delete cascade,
  check ((verified_at is null) = (verified_by is null))
);
-- Several organizations may claim a domain; one of them proves it.
create unique index organization_domains_verified on organization_domains (tenant_id, domain) where verified_at is not null;
alter table organization_domains enable row level security;
alter table organization_domains force row level security;
create policy tenant_wall on organization_domains
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- What happened in one organization. A column, as row-level security lets no query use an index on the payload.
alter table logs add column organization_id text;
create index logs_organization on logs (tenant_id, organization_id, created_at desc) where organization_id is not null;
