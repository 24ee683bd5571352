-- Sign-outs that are passed on to SAML applications, several reply addresses, and requests that are answered once.
alter table saml_applications add column additional_acs_urls jsonb not null default '[]';

-- The applications that were told of a session, and under which name they know the user.
create table saml_sessions (
  tenant_id text not null,
  session_uid text not null,
  application_id text not null,
  name_id text not null,
  name_id_format text not null,
  primary key (tenant_id, session_uid, application_id),
  foreign key (tenant_id, session_uid) references sessions (tenant_id, uid) on delete cascade,
  foreign key (tenant_id, application_id) references saml_applications on delete cascade
);
create index saml_sessions_application on saml_sessions (tenant_id, application_id);
alter table saml_sessions enable row level security;
alter table saml_sessions force row level security;
create policy tenant_wall on saml_sessions
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- A sign-out on its way through the applications of a browser. Its session has ended already.
create table saml_sign_outs (
  tenant_id text not null references tenants on delete cascade,
  id text not null,
  state jsonb not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
create index saml_sign_outs_expiry on saml_sign_outs (expires_at);
alter table saml_sign_outs enable row level security;
alter table saml_sign_outs force row level security;
create policy tenant_wall on saml_sign_outs
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');

-- Requests that were answered with an assertion; kept while the server accepts them.
create table saml_answered_requests (
  tenant_id text not null,
  application_id text not null,
  request_id text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, application_id, request_id),
  foreign key (tenant_id, application_id) references saml_applications on delete cascade
);
create index saml_answered_requests_expiry on saml_answered_requests (expires_at);
alter table saml_answered_requests enable row level security;
alter table saml_answered_requests force row level security;
create policy tenant_wall on saml_answered_requests
  using (tenant_id = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '*');
