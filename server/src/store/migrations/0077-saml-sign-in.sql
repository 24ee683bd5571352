-- Enterprise providers that speak SAML: where the metadata of a provider is read again, and what it said last.
alter table sso_connectors
  add column metadata_url text,
  add column provider_metadata jsonb,
  add column metadata_read_at timestamptz;
create index sso_connectors_metadata on sso_connectors (metadata_read_at) where metadata_url is not null;

-- Keys of the tenant's side of a SAML connector: they sign requests and decrypt assertions.
create table saml_sso_connector_signing_keys (
  tenant_id text not null,
  id text not null,
  sso_connector_id text not null,
  private_key_sealed text not null,
  certificate text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  active boolean not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, sso_connector_id) references sso_connectors on delete cascade
);
create index saml_sso_connector_signing_keys_connector on saml_sso_connector_signing_keys (tenant_id, sso_connector_id);
create unique index saml_sso_connector_signing_keys_active
  on saml_sso_connector_signing_keys (tenant_id, sso_connector_id) where active;
alter table saml_sso_connector_signing_keys enable row level security;
alter table saml_sso_connector_signing_keys force row level security;
create policy tenant_wall on saml_sso_connector_signing_keys
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Sign-ins that a SAML provider starts: where they lead.
create table sso_connector_idp_initiated_auth_configs (
  tenant_id text not null,
  connector_id text not null,
  default_application_id text not null,
  redirect_uri text,
  auth_parameters jsonb not null default '{}',
  auto_send_authorization_request boolean not null default false,
  client_idp_initiated_auth_callback_uri text,
  created_at timestamptz not null,
  primary key (tenant_id, connector_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade,
  foreign key (tenant_id, default_application_id) references applications on delete cascade
);
create index sso_connector_idp_initiated_application
  on sso_connector_idp_initiated_auth_configs (tenant_id, default_application_id);
alter table sso_connector_idp_initiated_auth_configs enable row level security;
alter table sso_connector_idp_initiated_auth_configs force row level security;
create policy tenant_wall on sso_connector_idp_initiated_auth_configs
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- What such a provider said, until the sign-in of the same browser takes it.
create table idp_initiated_saml_sso_sessions (
  tenant_id text not null,
  id_hash text not null,
  connector_id text not null,
  answer_sealed text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id_hash),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade
);
create index idp_initiated_saml_sso_sessions_connector on idp_initiated_saml_sso_sessions (tenant_id, connector_id);
create index idp_initiated_saml_sso_sessions_expiry on idp_initiated_saml_sso_sessions (expires_at);
alter table idp_initiated_saml_sso_sessions enable row level security;
alter table idp_initiated_saml_sso_sessions force row level security;
create policy tenant_wall on idp_initiated_saml_sso_sessions
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Tokens of enterprise providers, beside those of social ones.
alter table secrets
  alter column connector_id drop not null,
  alter column target drop not null,
  add column sso_connector_id text,
  add column issuer text,
  add check ((connector_id is null) = (sso_connector_id is not null)),
  add check ((target is null) = (sso_connector_id is not null)),
  add check ((issuer is null) = (sso_connector_id is null)),
  add unique (tenant_id, user_id, sso_connector_id),
  add foreign key (tenant_id, sso_connector_id) references sso_connectors on delete cascade,
  add foreign key (tenant_id, user_id, sso_connector_id)
    references user_sso_identities (tenant_id, user_id, sso_connector_id) on delete cascade;
create index secrets_sso_connector on secrets (tenant_id, sso_connector_id) where sso_connector_id is not null;
