-- Filtered lists of users are read from an index in the order of the list, which has all that filters ask for.
alter table user_list_keys add column is_suspended boolean not null default false;
update user_list_keys k set is_suspended = true
  from users u where u.tenant_id = k.tenant_id and u.id = k.user_id and u.is_suspended;
drop index user_list_keys_signed_in;
drop index user_list_keys_mfa;
create index user_list_keys_signed_in on user_list_keys (tenant_id, signed_in_at desc, user_id)
  include (user_created_at, has_mfa, is_suspended);
create index user_list_keys_created on user_list_keys (tenant_id, user_created_at desc, user_id)
  include (signed_in_at, has_mfa, is_suspended);
-- Every sign-in adds to both indexes, and PostgreSQL reads the rows as well where they changed since the last vacuum.
alter table user_list_keys set (autovacuum_vacuum_scale_factor = 0.02);

create or replace function list_users() returns trigger language plpgsql as $$
begin
  insert into user_list_keys (tenant_id, user_id, user_created_at, signed_in_at, is_suspended)
    select c.tenant_id, c.id, c.created_at, coalesce(c.last_sign_in_at, '1970-01-01 00:00+00'), c.is_suspended from changed c;
  return null;
end $$;

create function list_suspension() returns trigger language plpgsql as $$
begin
  update user_list_keys set is_suspended = new.is_suspended where tenant_id = new.tenant_id and user_id = new.id;
  return null;
end $$;
create trigger list_suspended after update of is_suspended on users for each row
  when (old.is_suspended <> new.is_suspended) execute function list_suspension();
