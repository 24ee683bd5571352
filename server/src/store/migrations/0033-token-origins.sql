-- What an exchanged token came from, so that it ends with it. Tokens name the credential by an id that says nothing about its value.
alter table personal_access_tokens add column id text not null default gen_random_uuid()::text;
alter table personal_access_tokens add unique (tenant_id, id);
alter table subject_tokens add column id text not null default gen_random_uuid()::text;
alter table subject_tokens add unique (tenant_id, id);

-- Exchanged tokens of earlier releases name no origin. They lived an hour at most.
delete from access_tokens where grant_id is null and user_id is not null;

alter table access_tokens
  -- Revoking an exchanged token leaves the grant that it came from as it is.
  add column is_exchanged boolean not null default false,
  add column personal_access_token_id text,
  add column subject_token_id text,
  add foreign key (tenant_id, personal_access_token_id) references personal_access_tokens (tenant_id, id) on delete cascade,
  add foreign key (tenant_id, subject_token_id) references subject_tokens (tenant_id, id) on delete cascade;
create index access_tokens_personal on access_tokens (tenant_id, personal_access_token_id)
  where personal_access_token_id is not null;
create index access_tokens_subject on access_tokens (tenant_id, subject_token_id) where subject_token_id is not null;
