-- Tokens of social providers: whose identity a secret is of, and the data key that its value is sealed with. No earlier
-- version wrote secrets.
alter table secrets
  alter column metadata drop default,
  add column connector_id text not null,
  add column target text not null,
  add column identity_id text not null,
  add column key_sealed text not null,
  -- One node refreshes a token set at a time.
  add column refresh_lease text,
  add column refresh_lease_until timestamptz,
  add unique (tenant_id, user_id, target),
  add foreign key (tenant_id, connector_id) references connectors on delete cascade,
  add foreign key (tenant_id, user_id, target) references user_identities (tenant_id, user_id, target) on delete cascade;
drop index secrets_user;
create index secrets_connector on secrets (tenant_id, connector_id);
