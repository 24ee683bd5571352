-- What ends the sessions of a user finds the finished sign-ins whose authorization has not continued.
create index interactions_finished on interactions (tenant_id, (result ->> 'userId')) where result is not null;
