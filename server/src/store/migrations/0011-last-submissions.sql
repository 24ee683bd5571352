-- How the person signed in last in a session, without secrets: operators see it, and scripts that customize tokens are told.
alter table sessions add column last_submission jsonb;
