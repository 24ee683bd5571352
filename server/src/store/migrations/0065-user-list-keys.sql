-- When the session was last used: its sign-in, an authorization, or a refresh of its tokens.
alter table sessions add column last_active_at timestamptz not null default now();
update sessions set last_active_at = authenticated_at;

-- What lists of users are sorted and filtered by besides the time of creation. Not in users: a sign-in changes it, and would add an entry
-- to each index there.
create table user_list_keys (
  tenant_id text not null,
  user_id text not null,
  user_created_at timestamptz not null,
  -- The beginning of 1970 for users who have never signed in.
  signed_in_at timestamptz not null,
  -- Whether the user has an authenticator app, a passkey or backup codes.
  has_mfa boolean not null default false,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index user_list_keys_signed_in on user_list_keys (tenant_id, signed_in_at desc, user_id);
create index user_list_keys_mfa on user_list_keys (tenant_id, has_mfa, user_created_at desc, user_id);
alter table user_list_keys enable row level security;
alter table user_list_keys force row level security;
create policy tenant_wall on user_list_keys
  using (tenant_id = (select current_setting('app.tenant', true)) or (select current_setting('app.tenant', true)) = '*');

-- Users by day (UTC) of their last sign-in, and users with a second factor by day of creation: as in user_counts.
create table user_list_counts (
  tenant_id text not null references tenants on delete cascade,
  list text not null check (list in ('signed-in', 'mfa')),
  day date not null,
  part smallint not null,
  users bigint not null,
  primary key (tenant_id, list, day, part)
);
alter table user_list_counts enable row level security;
alter table user_list_counts force row level security;
create policy tenant_wall on user_list_counts
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

create function count_list_keys() returns trigger language plpgsql as $$
begin
  -- Deleting a tenant deletes its counts.
  insert into user_list_counts (tenant_id, list, day, part, users)
    select c.tenant_id, entry.list, entry.day, free_part(), case when tg_op = 'INSERT' then count(*) else -count(*) end
      from changed c cross join lateral (values
        ('signed-in', (c.signed_in_at at time zone 'UTC')::date, true),
        ('mfa', (c.user_created_at at time zone 'UTC')::date, c.has_mfa)) as entry (list, day, is_counted)
      where entry.is_counted and exists (select from tenants t where t.id = c.tenant_id)
      group by c.tenant_id, entry.list, entry.day
    on conflict (tenant_id, list, day, part) do update set users = user_list_counts.users + excluded.users;
  return null;
end $$;
create trigger count_listed after insert on user_list_keys
  referencing new table as changed for each statement execute function count_list_keys();
create trigger count_unlisted after delete on user_list_keys
  referencing old table as changed for each statement execute function count_list_keys();

create function move_list_keys() returns trigger language plpgsql as $$
declare
  old_day date := (old.signed_in_at at time zone 'UTC')::date;
  new_day date := (new.signed_in_at at time zone 'UTC')::date;
begin
  insert into user_list_counts (tenant_id, list, day, part, users)
    select new.tenant_id, moved.list, moved.day, free_part(), moved.users
      from (values
        ('signed-in', old_day, case when old_day = new_day then 0 else -1 end),
        ('signed-in', new_day, case when old_day = new_day then 0 else 1 end),
        ('mfa', (new.user_created_at at time zone 'UTC')::date, new.has_mfa::integer - old.has_mfa::integer))
        as moved (list, day, users)
      where moved.users <> 0
    on conflict (tenant_id, list, day, part) do update set users = user_list_counts.users + excluded.users;
  return null;
end $$;
create trigger move_counts after update on user_list_keys for each row
  when (old.has_mfa <> new.has_mfa or (old.signed_in_at at time zone 'UTC')::date <> (new.signed_in_at at time zone 'UTC')::date)
  execute function move_list_keys();

create function list_users() returns trigger language plpgsql as $$
begin
  insert into user_list_keys (tenant_id, user_id, user_created_at, signed_in_at)
    select c.tenant_id, c.id, c.created_at, coalesce(c.last_sign_in_at, '1970-01-01 00:00+00') from changed c;
  return null;
end $$;
create trigger list_created after insert on users
  referencing new table as changed for each statement execute function list_users();

create function list_sign_in() returns trigger language plpgsql as $$
begin
  update user_list_keys set signed_in_at = coalesce(new.last_sign_in_at, '1970-01-01 00:00+00')
   where tenant_id = new.tenant_id and user_id = new.id;
  return null;
end $$;
create trigger list_signed_in after update of last_sign_in_at on users for each row
  when (old.last_sign_in_at is distinct from new.last_sign_in_at) execute function list_sign_in();

-- Both lock the user's row first: of concurrent changes, the later one sees the result of the earlier one.
create function list_factor() returns trigger language plpgsql as $$
begin
  update user_list_keys set has_mfa = true where tenant_id = new.tenant_id and user_id = new.user_id;
  return null;
end $$;
create trigger list_bound after insert on mfa_verifications for each row execute function list_factor();

create function unlist_factor() returns trigger language plpgsql as $$
begin
  perform from user_list_keys where tenant_id = old.tenant_id and user_id = old.user_id for update;
  update user_list_keys set has_mfa = false
   where tenant_id = old.tenant_id and user_id = old.user_id
     and not exists (select from mfa_verifications m where m.tenant_id = old.tenant_id and m.user_id = old.user_id);
  return null;
end $$;
create trigger list_unbound after delete on mfa_verifications for each row execute function unlist_factor();

insert into user_list_keys (tenant_id, user_id, user_created_at, signed_in_at, has_mfa)
select u.tenant_id, u.id, u.created_at, coalesce(u.last_sign_in_at, '1970-01-01 00:00+00'),
    exists (select from mfa_verifications m where m.tenant_id = u.tenant_id and m.user_id = u.id)
  from users u;
