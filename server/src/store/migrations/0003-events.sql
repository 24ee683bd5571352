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
  -- When it is due. Whoever takes it moves this ahead, so that it comes back if they die.
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
-- Rows of weeks that nobody prepared: a clock that is wrong, or a server that was asleep.
create table logs_other partition of logs default;

do $$
declare t text;
begin
  foreach t in array array['hooks', 'jobs', 'daily_active_users', 'logs', 'logs_other'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy tenant_wall on %I using (tenant_id = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')', t);
  end loop;
end $$;

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
        -- Rows of that week lie among the others already; they stay there until they are too old.
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
