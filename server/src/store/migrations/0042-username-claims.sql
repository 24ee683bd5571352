-- Where a tenant's policy ignores the case of usernames, `anna` and `ANNA` are one: the claim on a username is its lowercase form
-- there and nothing elsewhere, and it is unique. Who writes a username waits for a change of the policy, and the other way round,
-- so that none slips by.
create function username_policy_key(tenant text) returns bigint immutable language sql
  as $$ select hashtextextended('username policy ' || tenant, 0) $$;

alter table users add column username_claim text;
create function claim_username() returns trigger language plpgsql as $$
begin
  new.username_claim := null;
  if new.username is not null then
    perform pg_advisory_xact_lock_shared(username_policy_key(new.tenant_id));
    select lower(new.username) into new.username_claim from sign_in_experiences s
      where s.tenant_id = new.tenant_id and s.settings -> 'usernamePolicy' ->> 'caseSensitive' = 'false';
  end if;
  return new;
end $$;

-- Of users who differ in case only already, the oldest has the claim. The others keep their usernames;
-- GET /api/sign-in-exp/username-policy/case-sensitivity-conflicts lists them.
update users set username_claim = lower(users.username) from sign_in_experiences s
  where s.tenant_id = users.tenant_id and s.settings -> 'usernamePolicy' ->> 'caseSensitive' = 'false'
    and users.username is not null and not exists (
      select from users older where older.tenant_id = users.tenant_id and older.username_key = lower(users.username)
        and (older.created_at, older.id) < (users.created_at, users.id));
create unique index users_username_claim on users (tenant_id, username_claim);

create trigger claim_username before insert on users for each row execute function claim_username();
create trigger claim_changed_username before update of username on users for each row
  when (old.username is distinct from new.username) execute function claim_username();

-- Domains of email addresses are lowercase from now on, as what people type becomes. Addresses are unique whatever their case, so
-- none comes to be another one's.
update users set primary_email = regexp_replace(primary_email, '@[^@]*$', '') || lower(substring(primary_email from '@[^@]*$'))
  where primary_email ~ '@[^@]*[A-Z][^@]*$';
update organization_invitations set invitee = regexp_replace(invitee, '@[^@]*$', '') || lower(substring(invitee from '@[^@]*$'))
  where invitee ~ '@[^@]*[A-Z][^@]*$';
