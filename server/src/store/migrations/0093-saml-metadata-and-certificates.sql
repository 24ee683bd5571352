-- Why the metadata that a SAML provider publishes is not used: {code, message, since}. The stored metadata counts.
alter table sso_connectors add column metadata_problem jsonb;

-- Warnings of certificates that were written to the audit log, so that each is written once.
create table certificate_warnings (
  tenant_id text not null references tenants on delete cascade,
  -- The SAML application or connector.
  owner_id text not null,
  fingerprint text not null,
  stage text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, owner_id, fingerprint, stage)
);
create index certificate_warnings_expiry on certificate_warnings (expires_at);
alter table certificate_warnings enable row level security;
alter table certificate_warnings force row level security;
create policy tenant_wall on certificate_warnings
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Organization roles that the mappings of a connector gave to a user: what they take away again when the provider no
-- longer reports the value. Taking the role away otherwise forgets it.
create table sso_given_roles (
  tenant_id text not null,
  connector_id text not null,
  user_id text not null,
  organization_id text not null,
  organization_role_id text not null,
  primary key (tenant_id, user_id, connector_id, organization_id, organization_role_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade,
  foreign key (tenant_id, organization_id, user_id, organization_role_id) references organization_user_roles
    on delete cascade
);
create index sso_given_roles_connector on sso_given_roles (tenant_id, connector_id);
create index sso_given_roles_role on sso_given_roles (tenant_id, organization_id, user_id, organization_role_id);
alter table sso_given_roles enable row level security;
alter table sso_given_roles force row level security;
create policy tenant_wall on sso_given_roles
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Until now, every mapped role counted as given by the mapping.
insert into sso_given_roles (tenant_id, connector_id, user_id, organization_id, organization_role_id)
  select distinct m.tenant_id, m.connector_id, r.user_id, m.organization_id, m.organization_role_id
  from sso_role_mappings m
  join user_sso_identities i on i.tenant_id = m.tenant_id and i.sso_connector_id = m.connector_id
  join organization_user_roles r on r.tenant_id = m.tenant_id and r.organization_id = m.organization_id
    and r.user_id = i.user_id and r.organization_role_id = m.organization_role_id;
