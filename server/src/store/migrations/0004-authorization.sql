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

-- What a third-party application may ask people for: scopes about the person, permissions on resources (their own, or those
-- that an organization gives), permissions in organizations.
create table application_consent_user_scopes (
  tenant_id text not null,
  application_id text not null,
  user_scope text not null check (length(user_scope) between 1 and 64),
  primary key (tenant_id, application_id, user_scope),
  foreign key (tenant_id, application_id) references applications on delete cascade
);

create table application_consent_resource_scopes (
  tenant_id text not null,
  application_id text not null,
  scope_id text not null,
  in_organizations boolean not null,
  primary key (tenant_id, application_id, scope_id, in_organizations),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, scope_id) references scopes on delete cascade
);
create index application_consent_resource_scopes_scope on application_consent_resource_scopes (tenant_id, scope_id);

create table application_consent_organization_scopes (
  tenant_id text not null,
  application_id text not null,
  organization_scope_id text not null,
  primary key (tenant_id, application_id, organization_scope_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, organization_scope_id) references organization_scopes on delete cascade
);
create index application_consent_organization_scopes_scope
  on application_consent_organization_scopes (tenant_id, organization_scope_id);

-- Who may use an application, where that is limited: these users, and the holders of these roles.
alter table applications add column app_level_access_control_enabled boolean not null default false;

create table application_access_users (
  tenant_id text not null,
  application_id text not null,
  user_id text not null,
  primary key (tenant_id, application_id, user_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index application_access_users_user on application_access_users (tenant_id, user_id);

create table application_access_roles (
  tenant_id text not null,
  application_id text not null,
  role_id text not null,
  primary key (tenant_id, application_id, role_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, role_id) references roles on delete cascade
);
create index application_access_roles_role on application_access_roles (tenant_id, role_id);

-- How an application looks where it differs from its tenant.
create table application_sign_in_experiences (
  tenant_id text not null,
  application_id text not null,
  settings jsonb not null,
  primary key (tenant_id, application_id),
  foreign key (tenant_id, application_id) references applications on delete cascade
);

-- Row-level security, as for every table (see 0001).
do $$
declare name text;
begin
  foreach name in array array[
    'personal_access_tokens', 'subject_tokens', 'application_consent_user_scopes', 'application_consent_resource_scopes',
    'application_consent_organization_scopes', 'application_access_users', 'application_access_roles',
    'application_sign_in_experiences']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      name);
  end loop;
end $$;
