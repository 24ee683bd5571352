-- SAML applications: service providers that Aldaba signs users in to.
create table saml_applications (
  tenant_id text not null,
  application_id text not null,
  -- What the service provider calls itself; requests name it as their issuer.
  entity_id text,
  acs_url jsonb,
  attribute_mapping jsonb not null default '{}',
  encryption jsonb,
  name_id_format text not null,
  single_logout_url jsonb,
  -- PEM; requests have to be signed with its key.
  request_certificate text,
  primary key (tenant_id, application_id),
  unique (tenant_id, entity_id),
  foreign key (tenant_id, application_id) references applications on delete cascade
);
alter table saml_applications enable row level security;
alter table saml_applications force row level security;
create policy tenant_wall on saml_applications
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

create table saml_application_secrets (
  tenant_id text not null,
  application_id text not null,
  id text not null,
  private_key_sealed text not null,
  certificate text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  active boolean not null,
  primary key (tenant_id, application_id, id),
  foreign key (tenant_id, application_id) references saml_applications on delete cascade
);
create unique index saml_application_secrets_active on saml_application_secrets (tenant_id, application_id) where active;
alter table saml_application_secrets enable row level security;
alter table saml_application_secrets force row level security;
create policy tenant_wall on saml_application_secrets
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
