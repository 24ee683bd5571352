-- Enterprise connectors: the identity providers of companies, and the domains of email addresses that they sign in.
create table sso_connectors (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  provider_name text not null check (length(provider_name) between 1 and 128),
  connector_name text not null check (length(connector_name) between 1 and 128),
  config_sealed text not null,
  -- In lowercase ASCII.
  domains text[] not null default '{}',
  branding jsonb not null default '{}',
  sync_profile boolean not null default false,
  enable_token_storage boolean not null default false,
  requires_mfa boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, connector_name)
);
alter table sso_connectors enable row level security;
alter table sso_connectors force row level security;
create policy tenant_wall on sso_connectors
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Which organizations and roles the attributes of a user lead to. Without a role: membership alone.
create table sso_role_mappings (
  tenant_id text not null,
  connector_id text not null,
  attribute text not null check (length(attribute) between 1 and 256),
  value text not null check (length(value) between 1 and 256),
  organization_id text not null,
  organization_role_id text,
  -- Machine-to-machine roles cannot be given to users.
  role_type text not null default 'User' check (role_type = 'User'),
  unique nulls not distinct (tenant_id, connector_id, attribute, value, organization_id, organization_role_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade,
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, organization_role_id, role_type) references organization_roles (tenant_id, id, type) on delete cascade
);
create index sso_role_mappings_organization on sso_role_mappings (tenant_id, organization_id);
create index sso_role_mappings_role on sso_role_mappings (tenant_id, organization_role_id, role_type);
alter table sso_role_mappings enable row level security;
alter table sso_role_mappings force row level security;
create policy tenant_wall on sso_role_mappings
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Who users are at enterprise providers. The connector is part of the key: another one with the same issuer must not
-- speak for its users.
create table user_sso_identities (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  sso_connector_id text not null,
  issuer text not null check (length(issuer) between 1 and 2048),
  identity_id text not null check (length(identity_id) between 1 and 256),
  detail jsonb not null default '{}',
  -- The provider's sessions that the user signed in with, the newest first (OpenID Connect Back-Channel Logout).
  provider_sessions text[] not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, sso_connector_id, issuer, identity_id),
  unique (tenant_id, user_id, sso_connector_id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, sso_connector_id) references sso_connectors on delete cascade
);
alter table user_sso_identities enable row level security;
alter table user_sso_identities force row level security;
create policy tenant_wall on user_sso_identities
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Users of an enterprise connector join these organizations.
create table organization_jit_sso_connectors (
  tenant_id text not null,
  organization_id text not null,
  sso_connector_id text not null,
  primary key (tenant_id, organization_id, sso_connector_id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, sso_connector_id) references sso_connectors on delete cascade
);
create index organization_jit_sso_connectors_connector on organization_jit_sso_connectors (tenant_id, sso_connector_id);
alter table organization_jit_sso_connectors enable row level security;
alter table organization_jit_sso_connectors force row level security;
create policy tenant_wall on organization_jit_sso_connectors
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- What providers may send once: logout tokens and assertions.
create table sso_used_ids (
  tenant_id text not null,
  connector_id text not null,
  id_hash text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, connector_id, id_hash),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade
);
create index sso_used_ids_expiry on sso_used_ids (expires_at);
alter table sso_used_ids enable row level security;
alter table sso_used_ids force row level security;
create policy tenant_wall on sso_used_ids
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
