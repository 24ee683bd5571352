-- The sync of a directory that speaks LDAP: when it runs, and how it went.
create table ldap_syncs (
  tenant_id text not null,
  connector_id text not null,
  is_enabled boolean not null,
  creates_users boolean not null,
  interval_minutes integer not null check (interval_minutes between 5 and 10080),
  -- The share of the known people that a run may suspend.
  maximum_missing_percent integer not null check (maximum_missing_percent between 0 and 100),
  next_run_at timestamptz not null,
  run_id text,
  -- Another node may take the turn after this time.
  running_until timestamptz,
  state text check (state in ('running', 'succeeded', 'refused', 'failed', 'interrupted')),
  started_at timestamptz,
  finished_at timestamptz,
  counts jsonb not null default '{}',
  problem jsonb,
  failures jsonb not null default '[]',
  last_success_at timestamptz,
  primary key (tenant_id, connector_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade
);
create index ldap_syncs_due on ldap_syncs (next_run_at) where is_enabled;
alter table ldap_syncs enable row level security;
alter table ldap_syncs force row level security;
create policy tenant_wall on ldap_syncs
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- What a directory said about a person at last.
create table ldap_people (
  tenant_id text not null,
  connector_id text not null,
  identity_id text not null check (length(identity_id) between 1 and 256),
  user_id text not null,
  -- The last run that found the person.
  seen_run text not null,
  -- Of everything that the account follows.
  digest text not null,
  email text,
  name text,
  -- The sync suspended the account, and may reactivate it.
  has_suspended boolean not null default false,
  primary key (tenant_id, connector_id, identity_id),
  foreign key (tenant_id, connector_id) references sso_connectors on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index ldap_people_user on ldap_people (tenant_id, user_id);
alter table ldap_people enable row level security;
alter table ldap_people force row level security;
create policy tenant_wall on ldap_people
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- An operator who reactivates an account takes the decision: a later suspension is not the directory's.
create function ldap_people_reactivated() returns trigger language plpgsql as $$
begin
  update ldap_people set has_suspended = false
   where tenant_id = new.tenant_id and user_id = new.id and has_suspended;
  return null;
end $$;
create trigger ldap_people_reactivated after update of is_suspended on users
  for each row when (old.is_suspended and not new.is_suspended) execute function ldap_people_reactivated();
