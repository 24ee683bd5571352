-- Answers to captchas of other services that were accepted: each counts once.
create table captcha_answers (
  tenant_id text not null references tenants on delete cascade,
  answer_hash text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, answer_hash)
);
create index captcha_answers_expiry on captcha_answers (expires_at);
alter table captcha_answers enable row level security;
alter table captcha_answers force row level security;
create policy tenant_wall on captcha_answers
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
