-- Settings that operators change through the Management API, and the short-lived secrets that go with messages.

-- When a waiting key becomes the current one by itself; null: when somebody rotates.
alter table signing_keys add column effective_at timestamptz;

-- An operator's own words for the hosted pages, over the built-in ones.
create table custom_phrases (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  language_tag text not null,
  translation jsonb not null,
  primary key (tenant_id, language_tag)
);

create table email_templates (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  language_tag text not null,
  template_type text not null,
  details jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, language_tag, template_type)
);

-- What people are asked for beside their identifiers when they create an account.
create table custom_profile_fields (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null,
  type text not null,
  label text not null default '',
  description text,
  required boolean not null,
  config jsonb not null default '{}',
  sie_order integer not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

-- Magic links. The token is found by its hash; it is kept sealed because the Management API shows it again.
create table one_time_tokens (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  email text not null,
  token_hash text not null,
  token_sealed text not null,
  context jsonb not null default '{}',
  -- Expiry is a matter of time and stands in no row.
  status text not null check (status in ('active', 'consumed', 'revoked')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash)
);
create index one_time_tokens_list on one_time_tokens (tenant_id, created_at desc, id);
create index one_time_tokens_email on one_time_tokens (tenant_id, email, created_at desc);

-- Codes that were sent by mail or message outside of a sign-in: the newest per address and purpose, hashed.
create table verification_codes (
  tenant_id text not null references tenants on delete cascade,
  address_hash text not null,
  purpose text not null,
  code_hash text not null,
  tries integer not null default 0,
  expires_at timestamptz not null,
  -- Messages sent in the window, so that nobody's inbox is filled at our cost.
  window_started_at timestamptz not null,
  sent integer not null default 1,
  primary key (tenant_id, address_hash, purpose)
);
create index verification_codes_expiry on verification_codes (expires_at);

-- Secrets kept for a user (tokens of other services), sealed.
create table secrets (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  type text not null,
  value_sealed text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index secrets_user on secrets (tenant_id, user_id);

-- Uploaded files; the bytes lie on disk under the row's id.
create table user_assets (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  content_type text not null,
  size integer not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

do $$
declare name text;
begin
  foreach name in array array['custom_phrases', 'email_templates', 'custom_profile_fields', 'one_time_tokens',
    'verification_codes', 'secrets', 'user_assets']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      name);
  end loop;
end $$;
