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
