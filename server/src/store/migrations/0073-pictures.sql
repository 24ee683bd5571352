-- Pictures that users upload: whose they are, and when it is checked next whether they are used. Earlier uploads, and
-- those of operators, have no time and stay.
alter table user_assets
  add column user_id text,
  -- The sign-in in which a new user uploaded it.
  add column sign_in text,
  add column check_at timestamptz,
  add foreign key (tenant_id, user_id) references users on delete set null (user_id);
create index user_assets_user on user_assets (tenant_id, user_id) where user_id is not null;
create index user_assets_sign_in on user_assets (tenant_id, sign_in) where sign_in is not null;
create index user_assets_recent on user_assets (tenant_id, created_at) where check_at is not null;
create index user_assets_check on user_assets (check_at) where check_at is not null;
