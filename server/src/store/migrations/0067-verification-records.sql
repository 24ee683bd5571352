-- What a user has verified for a change of the own account: for the grant whose token asked for it, and for a few minutes.
create table verification_records (
  tenant_id text not null,
  id_hash text not null,
  user_id text not null,
  grant_id text not null,
  -- Permission: the user is the owner of the account. The others: what is added to the account.
  purpose text not null check (purpose in ('permission', 'address', 'social', 'passkey')),
  is_verified boolean not null default false,
  -- The challenge, and after the verification the proof: JSON, sealed.
  data_sealed text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id_hash),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index verification_records_user on verification_records (tenant_id, user_id);
create index verification_records_expiry on verification_records (expires_at);
alter table verification_records enable row level security;
alter table verification_records force row level security;
create policy tenant_wall on verification_records
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
