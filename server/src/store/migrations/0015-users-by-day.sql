-- How many users a tenant has from each day (UTC): where a page of a million users begins follows from some sums.
lock table users in share row exclusive mode;
drop trigger count_created on users;
drop trigger count_deleted on users;
delete from user_counts;
alter table user_counts drop constraint user_counts_pkey;
alter table user_counts add column day date not null;
alter table user_counts add primary key (tenant_id, day, part);
insert into user_counts (tenant_id, day, part, users)
  select tenant_id, (created_at at time zone 'UTC')::date, 0, count(*) from users group by 1, 2;

create or replace function count_users() returns trigger language plpgsql as $$
begin
  -- A tenant that goes away takes its counts along.
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
