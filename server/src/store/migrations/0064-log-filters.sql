-- The failures of the audit log, newest first.
create index logs_failed on logs (tenant_id, created_at desc) where payload->>'result' = 'Error';
-- The steps of one sign-in. A column, as row-level security lets no query use an index on payload->>'sessionId'. Entries from before
-- have none: filling it would rewrite the largest table.
alter table logs add column session_id text;
create index logs_session on logs (tenant_id, session_id, created_at desc) where session_id is not null;
