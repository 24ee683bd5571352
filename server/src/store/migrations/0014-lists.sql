-- Lists of those who belong to something large: a page is read off an index, newest first, and nobody else is looked up.

-- When the user was created, which never changes, beside what the user belongs to. The database fills it in, whoever inserts;
-- without such a user it stays empty and the foreign key says so.
alter table organization_users add column user_created_at timestamptz;
alter table users_roles add column user_created_at timestamptz;
update organization_users m set user_created_at = u.created_at from users u where u.tenant_id = m.tenant_id and u.id = m.user_id;
update users_roles h set user_created_at = u.created_at from users u where u.tenant_id = h.tenant_id and u.id = h.user_id;

create function copy_user_created_at() returns trigger language plpgsql as $$
begin
  new.user_created_at := (select u.created_at from users u where u.tenant_id = new.tenant_id and u.id = new.user_id);
  return new;
end $$;
create trigger copy_user_created_at before insert on organization_users for each row execute function copy_user_created_at();
create trigger copy_user_created_at before insert on users_roles for each row execute function copy_user_created_at();

create index organization_users_newest on organization_users (tenant_id, organization_id, user_created_at desc, user_id);
create index users_roles_newest on users_roles (tenant_id, role_id, user_created_at desc, user_id);
drop index users_roles_role;

-- A number that no other running transaction has: counts are kept in parts, so that changes at the same time neither wait for
-- one another nor lock one another out. There are as many parts as there were changes at a time.
create function free_part() returns smallint language sql as $$
  select n::smallint from generate_series(0, 32767) n where pg_try_advisory_xact_lock(4170453, n) limit 1
$$;

-- How many users have each role.
create table role_counts (
  tenant_id text not null,
  role_id text not null,
  part smallint not null,
  users bigint not null,
  primary key (tenant_id, role_id, part),
  foreign key (tenant_id, role_id) references roles on delete cascade
);
insert into role_counts (tenant_id, role_id, part, users) select tenant_id, role_id, 0, count(*) from users_roles group by 1, 2;

create function count_holders() returns trigger language plpgsql as $$
begin
  -- A role that goes away takes its count along.
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

alter table role_counts enable row level security;
alter table role_counts force row level security;
create policy tenant_wall on role_counts
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- The wall of tables that are read or counted by the thousand: the setting is looked up once a statement, not once a row.
do $$
declare name text;
begin
  foreach name in array array['users', 'users_roles', 'organization_users', 'logs'] loop
    execute format(
      'alter policy tenant_wall on %I using (tenant_id = (select current_setting(''app.tenant'', true))
         or (select current_setting(''app.tenant'', true)) = ''*'')',
      name);
  end loop;
end $$;

-- The indexes of searches (see 0007) once more, for databases that had no pg_trgm then. The server calls it when it starts.
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
