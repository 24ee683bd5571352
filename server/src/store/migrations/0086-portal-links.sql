-- Links that open the portal of an organization without an account, and the session that each of them starts once.
create table portal_links (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  organization_id text not null,
  secret_hash text not null,
  parts text[] not null,
  -- The page of the operator that accepts invitations; without it the portal sends none.
  invitation_url text,
  locale text,
  created_by text,
  created_at timestamptz not null,
  -- The latest start.
  expires_at timestamptz not null,
  session_hash text,
  started_at timestamptz,
  last_seen_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, secret_hash),
  foreign key (tenant_id, organization_id) references organizations (tenant_id, id) on delete cascade,
  check ((session_hash is null or started_at is not null) and (started_at is null) = (last_seen_at is null))
);
create unique index portal_links_session on portal_links (tenant_id, session_hash) where session_hash is not null;
create index portal_links_organization on portal_links (tenant_id, organization_id, created_at desc);
alter table portal_links enable row level security;
alter table portal_links force row level security;
create policy tenant_wall on portal_links
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
