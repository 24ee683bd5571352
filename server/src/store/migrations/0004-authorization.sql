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

-- The organizations in which a person lets a third party act. Who leaves an organization takes it back.
create table application_consent_organizations (
  tenant_id text not null,
  application_id text not null,
  user_id text not null,
  organization_id text not null,
  primary key (tenant_id, application_id, user_id, organization_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  constraint application_consent_organizations_membership
    foreign key (tenant_id, organization_id, user_id) references organization_users on delete cascade
);
create index application_consent_organizations_member
  on application_consent_organizations (tenant_id, organization_id, user_id);

-- Who may use an application, where that is limited: these users, holders of these roles, members of these organizations,
-- and holders of these roles in these organizations.
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

create table application_access_organizations (
  tenant_id text not null,
  application_id text not null,
  organization_id text not null,
  primary key (tenant_id, application_id, organization_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index application_access_organizations_organization on application_access_organizations (tenant_id, organization_id);

create table application_access_organization_roles (
  tenant_id text not null,
  application_id text not null,
  organization_id text not null,
  organization_role_id text not null,
  primary key (tenant_id, application_id, organization_id, organization_role_id),
  foreign key (tenant_id, application_id) references applications on delete cascade,
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, organization_role_id) references organization_roles on delete cascade
);
create index application_access_organization_roles_organization
  on application_access_organization_roles (tenant_id, organization_id);
create index application_access_organization_roles_role
  on application_access_organization_roles (tenant_id, organization_role_id);

-- Whether a rule lets the user use the application: a function, so that the statements of the token endpoint take it in.
create function may_use_application(of_tenant text, of_application text, of_user text) returns boolean
language sql stable as $$
  select exists (select from application_access_users a
      where a.tenant_id = of_tenant and a.application_id = of_application and a.user_id = of_user)
    or exists (select from application_access_roles a
      join users_roles h on h.tenant_id = a.tenant_id and h.role_id = a.role_id
      where a.tenant_id = of_tenant and a.application_id = of_application and h.user_id = of_user)
    or exists (select from application_access_organizations a
      join organization_users h on h.tenant_id = a.tenant_id and h.organization_id = a.organization_id
      where a.tenant_id = of_tenant and a.application_id = of_application and h.user_id = of_user)
    or exists (select from application_access_organization_roles a
      join organization_user_roles h on h.tenant_id = a.tenant_id and h.organization_id = a.organization_id
        and h.organization_role_id = a.organization_role_id
      where a.tenant_id = of_tenant and a.application_id = of_application and h.user_id = of_user)
$$;

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
    'application_consent_organization_scopes', 'application_consent_organizations', 'application_access_users', 'application_access_roles',
    'application_access_organizations', 'application_access_organization_roles',
    'application_sign_in_experiences']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      name);
  end loop;
end $$;
