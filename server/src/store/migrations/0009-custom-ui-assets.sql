-- Sign-in pages of a tenant's own, as they were uploaded; the bytes lie in the file storage under the id and their digests.
create table custom_ui_assets (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  -- [{ path, contentType, size, digest }]
  files jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

alter table custom_ui_assets enable row level security;
alter table custom_ui_assets force row level security;
create policy tenant_wall on custom_ui_assets
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
