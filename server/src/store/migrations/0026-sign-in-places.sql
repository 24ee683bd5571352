-- Where people sign in from, as far as a trusted proxy tells it: what adaptive MFA compares with.

create table user_geo_locations (
  tenant_id text not null,
  user_id text not null,
  -- Degrees.
  latitude double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180),
  updated_at timestamptz not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users on delete cascade
);

create table user_sign_in_countries (
  tenant_id text not null,
  user_id text not null,
  -- ISO 3166-1 alpha-2.
  country text not null check (country ~ '^[A-Z]{2}$'),
  last_sign_in_at timestamptz not null,
  primary key (tenant_id, user_id, country),
  foreign key (tenant_id, user_id) references users on delete cascade
);

-- Row-level security, as for every table (see 0001).
alter table user_geo_locations enable row level security;
alter table user_geo_locations force row level security;
create policy tenant_wall on user_geo_locations
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
alter table user_sign_in_countries enable row level security;
alter table user_sign_in_countries force row level security;
create policy tenant_wall on user_sign_in_countries
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
