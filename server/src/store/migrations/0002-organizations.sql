-- Organizations: their members with roles, who joins by itself, and who is invited. Roles and permissions are a template
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
  primary key (tenant_id, organization_id, user_id),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index organization_users_user on organization_users (tenant_id, user_id);

create table organization_user_roles (
  tenant_id text not null,
  organization_id text not null,
  user_id text not null,
  organization_role_id text not null,
  type text not null default 'User' check (type = 'User'),
  primary key (tenant_id, organization_id, user_id, organization_role_id),
  -- Who leaves the organization loses the roles in it.
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

-- Whose e-mail address has such a domain joins when the address is known to be theirs.
create table organization_jit_email_domains (
  tenant_id text not null,
  organization_id text not null,
  email_domain text not null check (length(email_domain) between 1 and 128 and email_domain = lower(email_domain)),
  primary key (tenant_id, organization_id, email_domain),
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index organization_jit_email_domains_domain on organization_jit_email_domains (tenant_id, email_domain);

-- Roles for those who join by themselves.
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
  -- A pending one whose time is over is shown as expired.
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

do $$
declare name text;
begin
  foreach name in array array[
    'organization_scopes', 'organization_roles', 'organization_role_scopes', 'organization_role_resource_scopes',
    'organizations', 'organization_users', 'organization_user_roles', 'organization_applications',
    'organization_application_roles', 'organization_jit_email_domains', 'organization_jit_roles',
    'organization_invitations', 'organization_invitation_roles']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')',
      name);
  end loop;
end $$;
