-- Lists and searches that stay fast with a million users and ten thousand organizations.

-- Row-level security lets an index serve a condition only where it runs no function that could leak a row it has to
-- hide (leakproof), and lower() is none unless a superuser says so. Signing in by e-mail must not depend on that.
alter table users add column primary_email_key text generated always as (lower(primary_email)) stored;
drop index users_email;
create unique index users_email on users (tenant_id, primary_email_key);

-- How many users a tenant has, in parts, so that creations at the same time do not wait for one another.
create table user_counts (
  tenant_id text not null references tenants on delete cascade,
  part smallint not null,
  users bigint not null,
  primary key (tenant_id, part)
);
insert into user_counts (tenant_id, part, users) select tenant_id, 0, count(*) from users group by tenant_id;

create function count_users() returns trigger language plpgsql as $$
begin
  -- A tenant that goes away takes its count along.
  insert into user_counts (tenant_id, part, users)
    select c.tenant_id, pg_backend_pid() % 16, case when tg_op = 'INSERT' then count(*) else -count(*) end
      from changed c where exists (select from tenants t where t.id = c.tenant_id) group by c.tenant_id
    on conflict (tenant_id, part) do update set users = user_counts.users + excluded.users;
  return null;
end $$;
create trigger count_created after insert on users
  referencing new table as changed for each statement execute function count_users();
create trigger count_deleted after delete on users
  referencing old table as changed for each statement execute function count_users();

alter table user_counts enable row level security;
alter table user_counts force row level security;
create policy tenant_wall on user_counts
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Three letters in a row find a value, wherever they stand in it. An owner of the database may create the extension where it
-- is installed; without it searches work and read the whole table.
do $$
declare place text;
begin
  begin
    create extension if not exists pg_trgm;
  exception when insufficient_privilege or feature_not_supported or undefined_file then
    raise notice 'The extension pg_trgm cannot be created: %. Searches will read whole tables.', sqlerrm;
    return;
  end;
  select n.nspname into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
  execute replace('create index users_search on users using gin
    (id #, username #, primary_email #, primary_phone #, name #)', '#', format('%I.gin_trgm_ops', place));
  execute replace('create index organizations_search on organizations using gin (id #, name #)',
    '#', format('%I.gin_trgm_ops', place));
end $$;
