-- Usernames found without regard to case, as a tenant's policy may say. A column of its own for the same reason as for e-mail
-- addresses (0007). Not unique: whether two may differ in case only is the policy's.
alter table users add column username_key text generated always as (lower(username)) stored;
create index users_username_key on users (tenant_id, username_key);
