-- What the `claims` parameter asked of userinfo (OpenID Connect Core section 5.5).
alter table access_tokens add column claims jsonb;

-- Applications keep the form of claims that they were built for; those that are created from now on get the standard form.
update applications set custom_client_metadata = custom_client_metadata || '{"claims": "logto"}'
 where type <> 'MachineToMachine';
