-- Aldaba's tables. Every row of a tenant carries tenant_id; row-level security at the end of this file is the second wall.
create table tenants (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,20}$'),
  name text not null,
  is_suspended boolean not null default false,
  created_at timestamptz not null default now()
);

-- Settings that are one JSON value per tenant and key (sandbox, key rotation, …).
create table tenant_settings (
  tenant_id text not null references tenants on delete cascade,
  key text not null,
  value jsonb not null,
  primary key (tenant_id, key)
);

create table signing_keys (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  algorithm text not null check (algorithm in ('ES256', 'ES384', 'ES512', 'RS256', 'PS256')),
  status text not null check (status in ('next', 'current', 'previous')),
  public_jwk jsonb not null,
  private_jwk_sealed text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index signing_keys_current on signing_keys (tenant_id) where status = 'current';

create table applications (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 256),
  type text not null check (type in ('Native', 'SPA', 'Traditional', 'MachineToMachine', 'Protected', 'SAML')),
  description text,
  secret_sealed text,
  oidc_client_metadata jsonb not null,
  custom_client_metadata jsonb not null default '{}',
  protected_app_metadata jsonb,
  custom_data jsonb not null default '{}',
  is_third_party boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index applications_created on applications (tenant_id, created_at desc, id);

create table application_secrets (
  tenant_id text not null,
  application_id text not null,
  name text not null check (length(name) between 1 and 256),
  value_sealed text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (tenant_id, application_id, name),
  foreign key (tenant_id, application_id) references applications on delete cascade
);

create table users (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  username text check (length(username) between 1 and 128),
  primary_email text check (length(primary_email) <= 128),
  primary_phone text check (length(primary_phone) <= 32),
  password_digest text,
  password_algorithm text,
  name text check (length(name) <= 128),
  avatar text check (length(avatar) <= 2048),
  profile jsonb not null default '{}',
  custom_data jsonb not null default '{}',
  logto_config jsonb not null default '{}',
  mfa_verifications jsonb not null default '[]',
  application_id text,
  is_suspended boolean not null default false,
  is_password_expired boolean not null default false,
  last_sign_in_at timestamptz,
  password_updated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index users_username on users (tenant_id, username);
create unique index users_email on users (tenant_id, lower(primary_email));
create unique index users_phone on users (tenant_id, primary_phone);
create index users_created on users (tenant_id, created_at desc, id);

-- Social identities; the API shows them as `identities.<target>` of the user.
create table user_identities (
  tenant_id text not null,
  target text not null check (length(target) between 1 and 128),
  identity_id text not null check (length(identity_id) between 1 and 256),
  user_id text not null,
  details jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, target, identity_id),
  unique (tenant_id, user_id, target),
  foreign key (tenant_id, user_id) references users on delete cascade
);

create table resources (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 256),
  indicator text not null check (length(indicator) between 1 and 2048),
  is_default boolean not null default false,
  access_token_ttl integer not null default 3600 check (access_token_ttl > 0),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, indicator)
);
create unique index resources_default on resources (tenant_id) where is_default;

create table scopes (
  tenant_id text not null,
  id text not null,
  resource_id text not null,
  name text not null check (length(name) between 1 and 256),
  description text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, resource_id, name),
  foreign key (tenant_id, resource_id) references resources on delete cascade
);

create table roles (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 128),
  description text not null check (length(description) <= 128),
  type text not null check (type in ('User', 'MachineToMachine')),
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table roles_scopes (
  tenant_id text not null,
  role_id text not null,
  scope_id text not null,
  primary key (tenant_id, role_id, scope_id),
  foreign key (tenant_id, role_id) references roles on delete cascade,
  foreign key (tenant_id, scope_id) references scopes on delete cascade
);
create index roles_scopes_scope on roles_scopes (tenant_id, scope_id);

create table users_roles (
  tenant_id text not null,
  user_id text not null,
  role_id text not null,
  primary key (tenant_id, user_id, role_id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, role_id) references roles on delete cascade
);
create index users_roles_role on users_roles (tenant_id, role_id);

create table applications_roles (
  tenant_id text not null,
  application_id text not null,
  role_id text not null,
  primary key (tenant_id, application_id, role_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, role_id) references roles on delete cascade
);
create index applications_roles_role on applications_roles (tenant_id, role_id);

create table connectors (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  connector_id text not null,
  sync_profile boolean not null default false,
  enable_token_storage boolean not null default false,
  config_sealed text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table sign_in_experiences (
  tenant_id text primary key references tenants on delete cascade,
  settings jsonb not null,
  updated_at timestamptz not null default now()
);

-- The browser's signed-in state. `id_hash` is the hash of the cookie's value, `uid` the public name used as `sid`.
create table sessions (
  tenant_id text not null,
  id_hash text not null,
  uid text not null,
  user_id text not null,
  authenticated_at timestamptz not null,
  amr text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id_hash),
  unique (tenant_id, uid),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index sessions_user on sessions (tenant_id, user_id);
create index sessions_expiry on sessions (expires_at);

-- What a user allowed an application to have. Codes and tokens hang on it and fall with it.
create table grants (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  application_id text not null,
  session_uid text,
  scope text not null,
  -- Indicators of the resources that tokens may be asked for.
  resources text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index grants_user on grants (tenant_id, user_id, application_id);
create index grants_session on grants (tenant_id, session_uid, application_id);
create index grants_expiry on grants (expires_at);

create table authorization_codes (
  tenant_id text not null,
  code_hash text not null,
  grant_id text not null,
  payload jsonb not null,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, grant_id) references grants on delete cascade
);
create index authorization_codes_grant on authorization_codes (tenant_id, grant_id);
create index authorization_codes_expiry on authorization_codes (expires_at);

create table refresh_tokens (
  tenant_id text not null,
  token_hash text not null,
  grant_id text not null,
  payload jsonb not null,
  -- When the first token of the family was issued: nothing rotates beyond a year.
  family_created_at timestamptz not null,
  created_at timestamptz not null default now(),
  -- Rotation: when this token was replaced; the token it replaced; whether the answer that carried it left the server.
  consumed_at timestamptz,
  predecessor_hash text,
  delivered boolean not null default false,
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, grant_id) references grants on delete cascade
);
create index refresh_tokens_grant on refresh_tokens (tenant_id, grant_id);
create index refresh_tokens_predecessor on refresh_tokens (tenant_id, predecessor_hash) where predecessor_hash is not null;
create index refresh_tokens_expiry on refresh_tokens (expires_at);

create table access_tokens (
  tenant_id text not null,
  token_hash text not null,
  -- Null for client_credentials.
  grant_id text,
  user_id text,
  application_id text not null,
  scope text not null,
  -- Set when the token must end with the session (no offline_access).
  session_uid text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, grant_id) references grants on delete cascade
);
create index access_tokens_grant on access_tokens (tenant_id, grant_id);
create index access_tokens_session on access_tokens (tenant_id, session_uid);
create index access_tokens_expiry on access_tokens (expires_at);

-- An authorization request that waits for a person. `uid_hash` is the hash of the value in the cookie and in the resume URL.
create table interactions (
  tenant_id text not null references tenants on delete cascade,
  uid_hash text not null,
  application_id text not null,
  -- What the person is asked for.
  prompt text not null check (prompt in ('login', 'consent')),
  -- The checked authorization request.
  request jsonb not null,
  -- The sign-in machine's state, versioned JSON, null until the sign-in starts.
  state jsonb,
  -- Optimistic lock: a step that started from an older state is refused.
  revision integer not null default 0,
  -- Set by the finished sign-in or consent, read once by the resume.
  result jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, uid_hash)
);
create index interactions_expiry on interactions (expires_at);

-- Failed checks per hashed identifier, kept in one place for every path that checks a secret.
create table attempt_limits (
  tenant_id text not null references tenants on delete cascade,
  target_hash text not null,
  failures integer not null default 0,
  window_started_at timestamptz not null,
  locked_until timestamptz,
  primary key (tenant_id, target_hash)
);

-- One-time links that an operator makes on the command line (first administrator).
create table one_time_links (
  tenant_id text not null references tenants on delete cascade,
  token_hash text not null,
  purpose text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash)
);

-- Row-level security: a connection sees the rows of the tenant it is set to and no others; '*' is for sweeping and migrations.
do $$
declare t record;
begin
  for t in select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' and c.relname <> 'schema_migrations'
  loop
    execute format('alter table %I enable row level security', t.name);
    execute format('alter table %I force row level security', t.name);
    execute format(
      'create policy tenant_wall on %I using (%I = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      t.name, case when t.name = 'tenants' then 'id' else 'tenant_id' end);
  end loop;
end $$;
