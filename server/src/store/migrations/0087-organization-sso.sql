-- Enterprise connectors that the administrators of an organization set up. Their domains are the verified domains of the
-- organization, so the column `domains` stays empty.
alter table sso_connectors
  add column organization_id text,
  add column is_active boolean not null default true,
  add foreign key (tenant_id, organization_id) references organizations (tenant_id, id) on delete cascade,
  add check (organization_id is null or domains = '{}');
create index sso_connectors_organization on sso_connectors (tenant_id, organization_id) where organization_id is not null;

-- Settings that do not sign users in yet: a test sign-in has to succeed with them first.
create table sso_connector_drafts (
  tenant_id text not null,
  connector_id text not null,
  -- Changes with every save: a test counts for the settings that it ran with.
  revision text not null,
  config_sealed text not null,
  provider_metadata jsonb,
  metadata_url text,
  created_at timestamptz not null,
  tested_at timestamptz,
  primary key (tenant_id, connector_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade
);
alter table sso_connector_drafts enable row level security;
alter table sso_connector_drafts force row level security;
create policy tenant_wall on sso_connector_drafts
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Test sign-ins of a portal session. They count once, and what arrived is kept, sealed, for that session alone.
create table sso_test_sign_ins (
  tenant_id text not null,
  id text not null,
  connector_id text not null,
  portal_link_id text not null,
  -- Of the draft; null for the settings in use.
  revision text,
  state_hash text not null,
  session_sealed text not null,
  expires_at timestamptz not null,
  answered_at timestamptz,
  result_sealed text,
  primary key (tenant_id, id),
  unique (tenant_id, portal_link_id, connector_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade,
  foreign key (tenant_id, portal_link_id) references portal_links on delete cascade
);
create index sso_test_sign_ins_connector on sso_test_sign_ins (tenant_id, connector_id);
create index sso_test_sign_ins_expiry on sso_test_sign_ins (expires_at);
alter table sso_test_sign_ins enable row level security;
alter table sso_test_sign_ins force row level security;
create policy tenant_wall on sso_test_sign_ins
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Links that ended are deleted after a while.
create index portal_links_expiry on portal_links (expires_at);
