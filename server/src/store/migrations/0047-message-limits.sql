-- Messages counted against limits: by address, by client and network of the caller, and by tenant.
create table message_limits (
  tenant_id text not null references tenants on delete cascade,
  -- What is counted, e.g. `client Sms 203.0.113.7`; addresses as hashes.
  key text not null,
  sent integer not null,
  expires_at timestamptz not null,
  primary key (tenant_id, key)
);
create index message_limits_expiry on message_limits (expires_at);
alter table message_limits enable row level security;
alter table message_limits force row level security;
create policy tenant_wall on message_limits
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Counters were rows without a purpose until now.
delete from verification_codes where purpose = '';
alter table verification_codes drop column sent;
