-- What ends the sessions of a user finds the finished sign-ins whose authorization has not continued. A column, because
-- row-level security keeps the planner from an index on the operators of JSON.
alter table interactions add column finished_by text
  generated always as (case when result ->> 'kind' = 'login' then result ->> 'userId' end) stored;
create index interactions_finished on interactions (tenant_id, finished_by) where finished_by is not null;
