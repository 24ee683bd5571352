-- Accounts whose users asked for their deletion: deleted when the grace period has passed.
create table account_deletions (
  tenant_id text not null,
  user_id text not null,
  requested_at timestamptz not null,
  deletes_at timestamptz not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index account_deletions_due on account_deletions (deletes_at);
alter table account_deletions enable row level security;
alter table account_deletions force row level security;
create policy tenant_wall on account_deletions
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
