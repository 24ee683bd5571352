-- Browsers in which a person is asked for no second factor for a while.

create table trusted_devices (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  -- Hash of what the browser's cookie holds.
  secret_hash text not null,
  user_agent text,
  ip text,
  country text check (length(country) <= 16),
  city text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index trusted_devices_user on trusted_devices (tenant_id, user_id, last_used_at desc);

-- Row-level security, as for every table (see 0001).
alter table trusted_devices enable row level security;
alter table trusted_devices force row level security;
create policy tenant_wall on trusted_devices
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
