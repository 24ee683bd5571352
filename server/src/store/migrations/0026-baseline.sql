-- Aldaba's tables, as of migration 0026. Every row of a tenant has a tenant_id; row-level security at the end is the second check.

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
  -- When a key with status `next` becomes current by itself; null: at the next rotation.
  effective_at timestamptz,
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
  -- Whether access is limited to the users, roles and organizations in the application_access_* tables.
  app_level_access_control_enabled boolean not null default false,
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
  application_id text,
  is_suspended boolean not null default false,
  is_password_expired boolean not null default false,
  last_sign_in_at timestamptz,
  password_updated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- In columns of their own: row-level security lets an index serve a condition only if it calls no function that could leak a hidden
  -- row (leakproof), and lower() is leakproof only if a superuser says so. Sign-in by email or username must not depend on that.
  primary_email_key text generated always as (lower(primary_email)) stored,
  -- Not unique: the tenant's policy decides whether two usernames may differ in case only.
  username_key text generated always as (lower(username)) stored,
  primary key (tenant_id, id)
);
create unique index users_username on users (tenant_id, username);
create index users_username_key on users (tenant_id, username_key);
create unique index users_email on users (tenant_id, primary_email_key);
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
  -- Copied from users by a trigger, so that a page of a role's users is read from an index, newest first.
  user_created_at timestamptz,
  primary key (tenant_id, user_id, role_id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, role_id) references roles on delete cascade
);
create index users_roles_newest on users_roles (tenant_id, role_id, user_created_at desc, user_id);

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
  -- How the user signed in last in this session, without secrets; shown to operators and passed to token scripts.
  last_submission jsonb,
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
  -- The actor of an exchanged token (RFC 8693 section 4.1).
  act jsonb,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, grant_id) references grants on delete cascade
);
create index access_tokens_grant on access_tokens (tenant_id, grant_id);
create index access_tokens_session on access_tokens (tenant_id, session_uid);
create index access_tokens_expiry on access_tokens (expires_at);
create index access_tokens_application on access_tokens (tenant_id, application_id);
-- Exchanged tokens belong to no grant; they are found by user when the user is suspended.
create index access_tokens_exchanged on access_tokens (tenant_id, user_id) where grant_id is null and user_id is not null;

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
create index interactions_application on interactions (tenant_id, application_id);

-- Failed checks per hashed identifier, kept in one place for every path that checks a secret.
create table attempt_limits (
  tenant_id text not null references tenants on delete cascade,
  target_hash text not null,
  failures integer not null default 0,
  window_started_at timestamptz not null,
  locked_until timestamptz,
  primary key (tenant_id, target_hash)
);
create index attempt_limits_window on attempt_limits (window_started_at);

-- One-time links that an operator makes on the command line (first administrator).
create table one_time_links (
  tenant_id text not null references tenants on delete cascade,
  token_hash text not null,
  purpose text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash)
);

-- Organizations: their members with roles, automatic membership, and invitations. Roles and permissions are a template
-- that all organizations of a tenant share.

create table organization_scopes (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 128),
  description text check (length(description) <= 256),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table organization_roles (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 128),
  description text check (length(description) <= 256),
  type text not null default 'User' check (type in ('User', 'MachineToMachine')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name),
  -- What holders refer to, so that people and applications can hold roles of their own type only.
  unique (tenant_id, id, type)
);

create table organization_role_scopes (
  tenant_id text not null,
  organization_role_id text not null,
  organization_scope_id text not null,
  primary key (tenant_id, organization_role_id, organization_scope_id),
  foreign key (tenant_id, organization_role_id) references organization_roles on delete cascade,
  foreign key (tenant_id, organization_scope_id) references organization_scopes on delete cascade
);
create index organization_role_scopes_scope on organization_role_scopes (tenant_id, organization_scope_id);

create table organization_role_resource_scopes (
  tenant_id text not null,
  organization_role_id text not null,
  scope_id text not null,
  primary key (tenant_id, organization_role_id, scope_id),
  foreign key (tenant_id, organization_role_id) references organization_roles on delete cascade,
  foreign key (tenant_id, scope_id) references scopes on delete cascade
);
create index organization_role_resource_scopes_scope on organization_role_resource_scopes (tenant_id, scope_id);

create table organizations (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) between 1 and 128),
  description text check (length(description) <= 256),
  custom_data jsonb not null default '{}',
  is_mfa_required boolean not null default false,
  color jsonb not null default '{}',
  branding jsonb not null default '{}',
  custom_css text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index organizations_created on organizations (tenant_id, created_at desc, id);

create table organization_users (
  tenant_id text not null,
  organization_id text not null,
  user_id text not null,
  -- Copied from users by a trigger, as in users_roles.
  user_created_at timestamptz,
  primary key (tenant_id, organization_id, user_id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index organization_users_user on organization_users (tenant_id, user_id);
create index organization_users_newest on organization_users (tenant_id, organization_id, user_created_at desc, user_id);

create table organization_user_roles (
  tenant_id text not null,
  organization_id text not null,
  user_id text not null,
  organization_role_id text not null,
  type text not null default 'User' check (type = 'User'),
  primary key (tenant_id, organization_id, user_id, organization_role_id),
  -- Leaving the organization removes the member's roles.
  foreign key (tenant_id, organization_id, user_id) references organization_users on delete cascade,
  foreign key (tenant_id, organization_role_id, type) references organization_roles (tenant_id, id, type) on delete cascade
);
create index organization_user_roles_user on organization_user_roles (tenant_id, user_id);
create index organization_user_roles_role on organization_user_roles (tenant_id, organization_role_id);

create table organization_applications (
  tenant_id text not null,
  organization_id text not null,
  application_id text not null,
  primary key (tenant_id, organization_id, application_id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, application_id) references applications on delete cascade
);
create index organization_applications_application on organization_applications (tenant_id, application_id);

create table organization_application_roles (
  tenant_id text not null,
  organization_id text not null,
  application_id text not null,
  organization_role_id text not null,
  type text not null default 'MachineToMachine' check (type = 'MachineToMachine'),
  primary key (tenant_id, organization_id, application_id, organization_role_id),
  foreign key (tenant_id, organization_id, application_id) references organization_applications on delete cascade,
  foreign key (tenant_id, organization_role_id, type) references organization_roles (tenant_id, id, type) on delete cascade
);
create index organization_application_roles_application on organization_application_roles (tenant_id, application_id);
create index organization_application_roles_role on organization_application_roles (tenant_id, organization_role_id);

-- Users with a verified email address of such a domain join automatically.
create table organization_jit_email_domains (
  tenant_id text not null,
  organization_id text not null,
  email_domain text not null check (length(email_domain) between 1 and 128 and email_domain = lower(email_domain)),
  primary key (tenant_id, organization_id, email_domain),
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index organization_jit_email_domains_domain on organization_jit_email_domains (tenant_id, email_domain);

-- Roles of members who join automatically.
create table organization_jit_roles (
  tenant_id text not null,
  organization_id text not null,
  organization_role_id text not null,
  type text not null default 'User' check (type = 'User'),
  primary key (tenant_id, organization_id, organization_role_id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, organization_role_id, type) references organization_roles (tenant_id, id, type) on delete cascade
);
create index organization_jit_roles_role on organization_jit_roles (tenant_id, organization_role_id);

create table organization_invitations (
  tenant_id text not null,
  id text not null,
  organization_id text not null,
  inviter_id text,
  invitee text not null check (length(invitee) between 3 and 256),
  accepted_user_id text,
  -- A pending invitation past expires_at is shown as expired.
  status text not null default 'Pending' check (status in ('Pending', 'Accepted', 'Revoked', 'Expired')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, inviter_id) references users on delete set null (inviter_id),
  foreign key (tenant_id, accepted_user_id) references users on delete set null (accepted_user_id)
);
create unique index organization_invitations_pending
  on organization_invitations (tenant_id, organization_id, lower(invitee)) where status = 'Pending';
create index organization_invitations_organization on organization_invitations (tenant_id, organization_id);
create index organization_invitations_invitee on organization_invitations (tenant_id, lower(invitee));
create index organization_invitations_inviter on organization_invitations (tenant_id, inviter_id);
create index organization_invitations_accepted on organization_invitations (tenant_id, accepted_user_id);

create table organization_invitation_roles (
  tenant_id text not null,
  invitation_id text not null,
  organization_role_id text not null,
  type text not null default 'User' check (type = 'User'),
  primary key (tenant_id, invitation_id, organization_role_id),
  foreign key (tenant_id, invitation_id) references organization_invitations on delete cascade,
  foreign key (tenant_id, organization_role_id, type) references organization_roles (tenant_id, id, type) on delete cascade
);
create index organization_invitation_roles_role on organization_invitation_roles (tenant_id, organization_role_id);

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

-- The organizations in which a person lets a third party act. Leaving an organization withdraws it.
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

-- Settings that operators change through the Management API, and the short-lived secrets that go with messages.

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
  -- Expired is derived from expires_at.
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
  -- Messages sent in the window, so that no inbox is flooded.
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

-- Uploaded files; the bytes are stored on disk under the row's id.
create table user_assets (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  content_type text not null,
  size integer not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Second factors.

-- What a factor keeps secret is sealed; what a sign-in counts or compares with is a column.
create table mfa_verifications (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  type text not null check (type in ('Totp', 'WebAuthn', 'BackupCode')),
  name text check (length(name) between 1 and 256),
  created_at timestamptz not null,
  last_used_at timestamptz,
  -- Totp: the key in base32. BackupCode: the codes, a JSON list.
  secret_sealed text,
  -- Totp: the time step of the last code that was accepted; only later steps count (RFC 6238 section 5.2).
  last_step bigint,
  -- BackupCode: when each code was used, by its place in the list; null until then.
  codes_used_at timestamptz[],
  -- WebAuthn: what the authenticator made at registration, base64url, and how often it signed since.
  rp_id text,
  credential_id text,
  public_key text,
  counter bigint,
  transports text[],
  agent text,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  check ((type = 'WebAuthn') = (secret_sealed is null)),
  check (type = 'Totp' or last_step is null),
  check ((type = 'BackupCode') = (codes_used_at is not null)),
  check (num_nonnulls(rp_id, credential_id, public_key, counter) = case type when 'WebAuthn' then 4 else 0 end)
);
create index mfa_verifications_user on mfa_verifications (tenant_id, user_id);
-- A person has one authenticator app and one list of codes, but any number of passkeys.
create unique index mfa_verifications_single on mfa_verifications (tenant_id, user_id, type) where type <> 'WebAuthn';
create unique index mfa_verifications_credential on mfa_verifications (tenant_id, credential_id)
  where credential_id is not null;

-- Browsers that skip the second factor for a limited time.

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

-- Sign-in pages of a tenant's own, as they were uploaded; the bytes are kept in the file storage under the id and their digests.
create table custom_ui_assets (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  -- [{ path, contentType, size, digest }]
  files jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Webhooks, work to be done later, the audit log and who was active.
create table hooks (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  name text not null check (length(name) <= 256),
  -- The one event of webhooks that were made before a webhook could have several.
  event text,
  events text[] not null default '{}',
  -- URL, headers (which may authenticate) and retries.
  config_sealed text not null,
  signing_key_sealed text not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index hooks_created on hooks (tenant_id, created_at desc, id);

-- Work that was promised by the transaction that wrote the row, and is done after it.
create table jobs (
  tenant_id text not null references tenants on delete cascade,
  id bigint generated always as identity primary key,
  queue text not null,
  -- Jobs of one lane share a destination: a slow one does not hold up the others.
  lane text not null,
  payload jsonb not null,
  attempts integer not null default 0,
  -- When it is due. A worker that takes the job moves this ahead, so that the job returns if the worker dies.
  run_at timestamptz not null,
  created_at timestamptz not null
);
create index jobs_due on jobs (queue, run_at);
create index jobs_tenant on jobs (tenant_id);

-- Which users were issued tokens on a day (UTC).
create table daily_active_users (
  tenant_id text not null references tenants on delete cascade,
  date date not null,
  user_id text not null,
  primary key (tenant_id, date, user_id)
);

-- The audit log: one partition a week, so that expiring is dropping a table. No reference to tenants: rows are written in batches
-- of all tenants, and one tenant that was just deleted must not take the others' rows along.
create table logs (
  tenant_id text not null,
  id text not null,
  key text not null check (length(key) <= 128),
  payload jsonb not null,
  user_id text,
  application_id text,
  hook_id text,
  created_at timestamptz not null
) partition by range (created_at);
create index logs_created on logs (tenant_id, created_at desc);
create index logs_id on logs (tenant_id, id);
create index logs_key on logs (tenant_id, key, created_at desc);
create index logs_user on logs (tenant_id, user_id, created_at desc) where user_id is not null;
create index logs_application on logs (tenant_id, application_id, created_at desc) where application_id is not null;
create index logs_hook on logs (tenant_id, hook_id, created_at desc) where hook_id is not null;
-- Rows of weeks without a partition: the clock was wrong, or the server was asleep.
create table logs_other partition of logs default;

-- Makes the partitions of this week and the next, and drops those that ended before `keep_after`. It runs with the rights of the
-- role that migrated, as the role of the server's connections may make and drop nothing. Returns how many it dropped.
create function rotate_logs(keep_after timestamptz) returns integer
language plpgsql security definer set search_path = aldaba, pg_temp set lock_timeout = '2s' as $$
declare
  week timestamptz;
  part record;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(4170452);
  for step in 0..1 loop
    week := date_trunc('week', now(), 'UTC') + step * interval '7 days';
    if to_regclass(format('aldaba.logs_%s', to_char(week at time zone 'UTC', 'YYYYMMDD'))) is null then
      begin
        execute format('create table logs_%s partition of logs for values from (%L) to (%L)',
          to_char(week at time zone 'UTC', 'YYYYMMDD'), week, week + interval '7 days');
        execute format('alter table logs_%s enable row level security', to_char(week at time zone 'UTC', 'YYYYMMDD'));
        execute format('alter table logs_%s force row level security', to_char(week at time zone 'UTC', 'YYYYMMDD'));
        execute format(
          'create policy tenant_wall on logs_%s using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
          to_char(week at time zone 'UTC', 'YYYYMMDD'));
      exception when check_violation then
        -- The default partition already has rows of that week; they stay there until they expire.
        raise warning 'The partition of the logs from % cannot be made', week;
      end;
    end if;
  end loop;
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'aldaba.logs'::regclass and c.relname ~ '^logs_\d{8}$'
      and (to_date(substr(c.relname, 6), 'YYYYMMDD') + 7)::timestamp at time zone 'UTC' <= keep_after
  loop
    execute format('drop table %I', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Counts, so that a page of a million users needs no count(*). They are kept in parts, so that concurrent changes neither wait for
-- one another nor deadlock.

-- A part that no other running transaction uses. The numbers are generated one by one: in FROM, PostgreSQL would generate all first.
create function free_part() returns smallint language sql as $$
  select n::smallint from (select generate_series(0, 32767) as n) parts where pg_try_advisory_xact_lock(4170453, n) limit 1
$$;

-- Users of a tenant by day of creation (UTC): the offset of a page follows from a few sums.
create table user_counts (
  tenant_id text not null references tenants on delete cascade,
  part smallint not null,
  users bigint not null,
  day date not null,
  primary key (tenant_id, day, part)
);

create function count_users() returns trigger language plpgsql as $$
begin
  -- Deleting a tenant deletes its counts.
  insert into user_counts (tenant_id, day, part, users)
    select c.tenant_id, (c.created_at at time zone 'UTC')::date as day, free_part(),
        case when tg_op = 'INSERT' then count(*) else -count(*) end
      from changed c where exists (select from tenants t where t.id = c.tenant_id)
      group by c.tenant_id, day
    on conflict (tenant_id, day, part) do update set users = user_counts.users + excluded.users;
  return null;
end $$;
create trigger count_created after insert on users
  referencing new table as changed for each statement execute function count_users();
create trigger count_deleted after delete on users
  referencing old table as changed for each statement execute function count_users();

-- Users of a role. Without a foreign key: it would wait for a transaction that deletes the role, which waits for the user that is
-- counted, a deadlock. The trigger on roles deletes the counts instead, after the role's users.
create table role_counts (
  tenant_id text not null,
  role_id text not null,
  part smallint not null,
  users bigint not null,
  primary key (tenant_id, role_id, part)
);

create function count_holders() returns trigger language plpgsql as $$
begin
  -- Deleting a role deletes its counts.
  insert into role_counts (tenant_id, role_id, part, users)
    select c.tenant_id, c.role_id, free_part(), case when tg_op = 'INSERT' then count(*) else -count(*) end
      from changed c where exists (select from roles r where r.tenant_id = c.tenant_id and r.id = c.role_id)
      group by c.tenant_id, c.role_id
    on conflict (tenant_id, role_id, part) do update set users = role_counts.users + excluded.users;
  return null;
end $$;
create trigger count_given after insert on users_roles
  referencing new table as changed for each statement execute function count_holders();
create trigger count_taken after delete on users_roles
  referencing old table as changed for each statement execute function count_holders();

create function forget_holders() returns trigger language plpgsql as $$
begin
  delete from role_counts where tenant_id = old.tenant_id and role_id = old.id;
  return null;
end $$;
create trigger forget_holders after delete on roles for each row execute function forget_holders();

-- When a user was created never changes; the copy lets one index serve a list (users_roles, organization_users).
create function copy_user_created_at() returns trigger language plpgsql as $$
begin
  new.user_created_at := (select u.created_at from users u where u.tenant_id = new.tenant_id and u.id = new.user_id);
  return new;
end $$;
create trigger copy_user_created_at before insert on organization_users for each row execute function copy_user_created_at();
create trigger copy_user_created_at before insert on users_roles for each row execute function copy_user_created_at();

-- Trigram indexes find a value by any three consecutive letters. Creating the extension needs the rights of the database's owner and
-- the extension's files; without it searches read whole tables. The server calls the function at each start until the indexes exist.
create function create_search_indexes() returns void language plpgsql as $$
declare place text;
begin
  begin
    create extension if not exists pg_trgm;
  exception when insufficient_privilege or feature_not_supported or undefined_file then
    raise notice 'The extension pg_trgm cannot be created: %. Searches will read whole tables.', sqlerrm;
    return;
  end;
  select n.nspname into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
  execute replace('create index if not exists users_search on users using gin
    (id #, username #, primary_email #, primary_phone #, name #)', '#', format('%I.gin_trgm_ops', place));
  execute replace('create index if not exists organizations_search on organizations using gin (id #, name #)',
    '#', format('%I.gin_trgm_ops', place));
end $$;
select create_search_indexes();

-- Row-level security: a connection sees the rows of the tenant that it is set to; '*' is for background work and migrations. In tables
-- that are read or counted by the thousand the setting is looked up once a statement, not once a row.
do $$
declare t record;
begin
  for t in select c.relname as name, case when c.relname = 'tenants' then 'id' else 'tenant_id' end as tenant,
      c.relname in ('users', 'users_roles', 'organization_users', 'logs') as is_large
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
  loop
    execute format('alter table %I enable row level security', t.name);
    execute format('alter table %I force row level security', t.name);
    execute replace(
      format('create policy tenant_wall on %I using (%I = $setting or $setting = ''*'')', t.name, t.tenant),
      '$setting',
      case when t.is_large then '(select current_setting(''app.tenant'', true))' else 'current_setting(''app.tenant'', true)' end);
  end loop;
end $$;
