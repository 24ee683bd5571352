-- A tenant signs with several algorithms. Each has a current and a next key, and the replaced keys whose tokens are still in use.
alter table signing_keys
  add column retired_at timestamptz,
  -- Seconds: the longest life of a token that the key has signed. A replaced key stays published for that long.
  add column longest_life integer not null default 3600;

-- What the keys have signed until now lived as long as the settings say.
update signing_keys k set longest_life = greatest(
  3600,
  (select max((a.custom_client_metadata ->> 'idTokenTtl')::integer) from applications a where a.tenant_id = k.tenant_id),
  (select max(r.access_token_ttl) from resources r where r.tenant_id = k.tenant_id));

-- A replaced key never signs again: its private part goes.
alter table signing_keys alter column private_jwk_sealed drop not null;
update signing_keys set retired_at = now(), private_jwk_sealed = null where status = 'previous';
alter table signing_keys add constraint signing_keys_retired check ((status = 'previous') = (retired_at is not null));
alter table signing_keys add constraint signing_keys_private check (status = 'previous' or private_jwk_sealed is not null);

drop index signing_keys_current;
create unique index signing_keys_place on signing_keys (tenant_id, algorithm, status) where status <> 'previous';

-- Tenants that chose another algorithm than the default keep it for all tokens.
insert into tenant_settings (tenant_id, key, value)
  select tenant_id, 'signing-algorithms', jsonb_build_object('idToken', algorithm, 'accessToken', algorithm)
    from signing_keys where status = 'current' and algorithm <> 'ES256'
  on conflict do nothing;

-- Applications keep the algorithm that they were set up with; those that are created from now on follow the tenant.
update applications a
   set custom_client_metadata = a.custom_client_metadata || jsonb_build_object('idTokenSignedResponseAlg', k.algorithm)
  from signing_keys k
 where k.tenant_id = a.tenant_id and k.status = 'current' and a.type <> 'MachineToMachine';
