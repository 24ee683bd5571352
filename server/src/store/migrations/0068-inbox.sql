-- Messages of tenants in development that have no connector for them.
create table inbox_messages (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  kind text not null check (kind in ('Email', 'Sms')),
  recipient text not null,
  type text not null,
  -- Subject, code and link: JSON, sealed, because codes and links give access.
  summary_sealed text not null,
  -- The text and its content type: JSON, sealed.
  content_sealed text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index inbox_messages_time on inbox_messages (tenant_id, created_at);
create index inbox_messages_age on inbox_messages (created_at);
alter table inbox_messages enable row level security;
alter table inbox_messages force row level security;
create policy tenant_wall on inbox_messages
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
