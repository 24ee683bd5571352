-- The browser and the address from which the user signed in last in a session; null for sessions from before.
alter table sessions add column ip text, add column user_agent text;
-- The list of suspended users, newest first.
create index users_suspended on users (tenant_id, created_at desc, id) where is_suspended;
-- What users allowed an application, newest first.
create index grants_application on grants (tenant_id, application_id, created_at desc, id);
