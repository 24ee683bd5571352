-- Second factors: what people prove themselves with beside the first one.

-- What a factor keeps secret is sealed; what a sign-in counts or compares with stands beside it.
create table mfa_verifications (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  type text not null check (type in ('Totp', 'WebAuthn', 'BackupCode')),
  name text check (length(name) between 1 and 256),
  created_at timestamptz not null,
  last_used_at timestamptz,
  -- Totp: the key in base32. BackupCode: the codes, a JSON list.
  secret_sealed text,
  -- Totp: the time step of the last code that was accepted; only later steps count (RFC 6238 section 5.2).
  last_step bigint,
  -- BackupCode: when each code was used, by its place in the list; null until then.
  codes_used_at timestamptz[],
  -- WebAuthn: what the authenticator made at registration, base64url, and how often it signed since.
  rp_id text,
  credential_id text,
  public_key text,
  counter bigint,
  transports text[],
  agent text,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  check ((type = 'WebAuthn') = (secret_sealed is null)),
  check (type = 'Totp' or last_step is null),
  check ((type = 'BackupCode') = (codes_used_at is not null)),
  check (num_nonnulls(rp_id, credential_id, public_key, counter) = case type when 'WebAuthn' then 4 else 0 end)
);
create index mfa_verifications_user on mfa_verifications (tenant_id, user_id);
-- A person has one authenticator app and one list of codes, but any number of passkeys.
create unique index mfa_verifications_single on mfa_verifications (tenant_id, user_id, type) where type <> 'WebAuthn';
create unique index mfa_verifications_credential on mfa_verifications (tenant_id, credential_id)
  where credential_id is not null;

-- Nothing was ever written to it.
alter table users drop column mfa_verifications;

-- Row-level security, as for every table (see 0001).
alter table mfa_verifications enable row level security;
alter table mfa_verifications force row level security;
create policy tenant_wall on mfa_verifications
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
