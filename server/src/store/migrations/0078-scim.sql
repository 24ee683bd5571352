-- Directory sync (SCIM). A directory belongs to an organization, or to the tenant if organization_id is null; directory_id
-- is the organization's id or empty, for keys.

create table scim_tokens (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  organization_id text,
  directory_id text not null generated always as (coalesce(organization_id, '')) stored,
  name text not null check (length(name) between 1 and 256),
  value_hash text not null,
  -- The value before the last rotation, which still works for a while.
  previous_hash text,
  previous_expires_at timestamptz,
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  constraint scim_tokens_name unique (tenant_id, directory_id, name),
  unique (tenant_id, value_hash),
  unique (tenant_id, previous_hash),
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index scim_tokens_organization on scim_tokens (tenant_id, organization_id);
alter table scim_tokens enable row level security;
alter table scim_tokens force row level security;
create policy tenant_wall on scim_tokens
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- What a directory says about a user.
create table scim_users (
  tenant_id text not null,
  organization_id text,
  directory_id text not null generated always as (coalesce(organization_id, '')) stored,
  user_id text not null,
  -- Null in the row that remains of a deleted resource.
  user_name text check (length(user_name) <= 1024),
  user_name_key text generated always as (lower(user_name)) stored,
  external_id text check (length(external_id) <= 1024),
  attributes jsonb not null default '{}',
  -- The directory created the account.
  is_owner boolean not null default false,
  -- The directory suspended the account, and may reactivate it.
  has_suspended boolean not null default false,
  -- The directory ended the membership, and may restore it.
  has_removed boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (tenant_id, directory_id, user_id),
  constraint scim_users_user_name unique (tenant_id, directory_id, user_name_key),
  constraint scim_users_external_id unique (tenant_id, directory_id, external_id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index scim_users_user on scim_users (tenant_id, user_id);
create index scim_users_organization on scim_users (tenant_id, organization_id);
alter table scim_users enable row level security;
alter table scim_users force row level security;
create policy tenant_wall on scim_users
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- An operator who reactivates an account takes the decision: a later suspension is not the directory's.
create function scim_users_reactivated() returns trigger language plpgsql as $$
begin
  update scim_users set has_suspended = false
   where tenant_id = new.tenant_id and user_id = new.id and has_suspended;
  return null;
end $$;
create trigger scim_users_reactivated after update of is_suspended on users
  for each row when (old.is_suspended and not new.is_suspended) execute function scim_users_reactivated();

-- Likewise for a user who becomes a member again: a later end of the membership is not the directory's.
create function scim_users_rejoined() returns trigger language plpgsql as $$
begin
  update scim_users set has_removed = false
   where tenant_id = new.tenant_id and directory_id = new.organization_id and user_id = new.user_id and has_removed;
  return null;
end $$;
create trigger scim_users_rejoined after insert on organization_users
  for each row execute function scim_users_rejoined();

-- The email addresses of those, in lowercase, to find users by them.
create table scim_user_emails (
  tenant_id text not null,
  directory_id text not null,
  user_id text not null,
  email_key text not null,
  primary key (tenant_id, directory_id, email_key, user_id),
  foreign key (tenant_id, directory_id, user_id) references scim_users on delete cascade
);
create index scim_user_emails_user on scim_user_emails (tenant_id, directory_id, user_id);
alter table scim_user_emails enable row level security;
alter table scim_user_emails force row level security;
create policy tenant_wall on scim_user_emails
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- The groups of a directory, and the role that an operator maps each to.
create table scim_groups (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  organization_id text,
  directory_id text not null generated always as (coalesce(organization_id, '')) stored,
  display_name text not null check (length(display_name) between 1 and 1024),
  display_name_key text not null generated always as (lower(display_name)) stored,
  external_id text check (length(external_id) <= 1024),
  -- In the tenant's directory.
  role_id text,
  -- In the directory of an organization.
  organization_role_id text,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  constraint scim_groups_display_name unique (tenant_id, directory_id, display_name_key),
  constraint scim_groups_external_id unique (tenant_id, directory_id, external_id),
  check (case when organization_id is null then organization_role_id is null else role_id is null end),
  foreign key (tenant_id, organization_id) references organizations on delete cascade,
  foreign key (tenant_id, role_id) references roles on delete set null (role_id),
  foreign key (tenant_id, organization_role_id) references organization_roles on delete set null (organization_role_id)
);
create index scim_groups_role on scim_groups (tenant_id, role_id);
create index scim_groups_organization_role on scim_groups (tenant_id, organization_role_id);
create index scim_groups_organization on scim_groups (tenant_id, organization_id);
alter table scim_groups enable row level security;
alter table scim_groups force row level security;
create policy tenant_wall on scim_groups
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

create table scim_group_members (
  tenant_id text not null,
  group_id text not null,
  user_id text not null,
  primary key (tenant_id, group_id, user_id),
  foreign key (tenant_id, group_id) references scim_groups on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index scim_group_members_user on scim_group_members (tenant_id, user_id);
alter table scim_group_members enable row level security;
alter table scim_group_members force row level security;
create policy tenant_wall on scim_group_members
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- The roles that a directory gave, and so may take: not those that an operator assigned.
create table scim_role_grants (
  tenant_id text not null,
  organization_id text,
  directory_id text not null generated always as (coalesce(organization_id, '')) stored,
  user_id text not null,
  role_id text not null,
  primary key (tenant_id, directory_id, user_id, role_id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, organization_id) references organizations on delete cascade
);
create index scim_role_grants_user on scim_role_grants (tenant_id, user_id);
create index scim_role_grants_organization on scim_role_grants (tenant_id, organization_id);
alter table scim_role_grants enable row level security;
alter table scim_role_grants force row level security;
create policy tenant_wall on scim_role_grants
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
