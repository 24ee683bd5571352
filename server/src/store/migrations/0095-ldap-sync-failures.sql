-- When a failed sync is tried again, what the directory left out when it last listed everyone, and since when people
-- have been on its list.
alter table ldap_syncs
  -- Runs in a row that could not read the directory.
  add column failed_runs integer not null default 0 check (failed_runs >= 0),
  -- Referrals of the last run that succeeded; unknown before.
  add column known_referrals integer check (known_referrals >= 0),
  -- When the last run began that read everyone; unknown before.
  add column listed_at timestamptz;
alter table ldap_people
  -- When the last run began that found the person.
  add column seen_at timestamptz not null default '-infinity';

update ldap_syncs set listed_at = started_at where state in ('succeeded', 'refused');
update ldap_people p set seen_at = s.started_at from ldap_syncs s
  where s.tenant_id = p.tenant_id and s.connector_id = p.connector_id and p.seen_run = s.run_id
    and s.started_at is not null;
