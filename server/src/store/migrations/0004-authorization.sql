-- Authorization in tokens: what stands for a user at the token endpoint, what third parties may ask for, who may use an
-- application, and how an application looks.

-- The API shows a token's value again, so it is sealed beside the hash that it is found by.
create table personal_access_tokens (
  tenant_id text not null,
  user_id text not null,
  name text not null check (length(name) between 1 and 256),
  value_hash text not null,
  value_sealed text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (tenant_id, user_id, name),
  unique (tenant_id, value_hash),
  foreign key (tenant_id, user_id) references users on delete cascade
);

-- Tokens for impersonation: made by an operator's program, exchanged once.
create table subject_tokens (
  tenant_id text not null,
  token_hash text not null,
  user_id text not null,
  creator_id text,
  context jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index subject_tokens_user on subject_tokens (tenant_id, user_id);
create index subject_tokens_expiry on subject_tokens (expires_at);

-- Who acts for the user of an exchanged token (RFC 8693 section 4.1).
alter table access_tokens add column act jsonb;
-- Exchanged tokens hang on no grant; they are found by their user when the user is suspended.
create index access_tokens_exchanged on access_tokens (tenant_id, user_id) where grant_id is null and user_id is not null;

-- Row-level security, as for every table (see 0001).
do $$
declare name text;
begin
  foreach name in array array['personal_access_tokens', 'subject_tokens']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      name);
  end loop;
end $$;
