-- Counting without waiting (see 0014).

-- The numbers are made one by one: from a function in FROM, PostgreSQL would make all of them first, at every change.
create or replace function free_part() returns smallint language sql as $$
  select n::smallint from (select generate_series(0, 32767) as n) parts where pg_try_advisory_xact_lock(4170453, n) limit 1
$$;

-- A foreign key would wait for whoever is deleting the role, who waits for the holder that is being counted: a deadlock. So the
-- role takes its counts along by itself, after its holders, whom nobody else can be counting any more then.
alter table role_counts drop constraint role_counts_tenant_id_role_id_fkey;
create function forget_holders() returns trigger language plpgsql as $$
begin
  delete from role_counts where tenant_id = old.tenant_id and role_id = old.id;
  return null;
end $$;
create trigger forget_holders after delete on roles for each row execute function forget_holders();
