-- The details of an enterprise identity are what the provider told of the person: claims about the token are removed.
-- SAML has attributes of the person alone, under any name.
update user_sso_identities i
  set detail = detail - string_to_array(
    'iss aud azp exp nbf iat jti nonce at_hash c_hash s_hash auth_time acr amr sid cnf aio rh uti ver xms_tpl typ session_state', ' ')
  from sso_connectors c
  where c.tenant_id = i.tenant_id and c.id = i.sso_connector_id and c.provider_name not in ('SAML', 'AzureAD');

-- The users of a connector in the order of their creation, for lists of users.
alter table user_sso_identities add column user_created_at timestamptz;
update user_sso_identities i set user_created_at = u.created_at from users u where u.tenant_id = i.tenant_id and u.id = i.user_id;
create trigger copy_user_created_at before insert on user_sso_identities for each row execute function copy_user_created_at();
create index user_sso_identities_newest on user_sso_identities (tenant_id, sso_connector_id, user_created_at desc, user_id);
