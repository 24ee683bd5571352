-- Domains that were verified by a DNS record are checked again. Those that were verified before are checked soon, spread
-- over a day.
alter table organization_domains
  add column checked_at timestamptz,
  add column next_check_at timestamptz,
  -- Since when the record is missing; the domain is lost after the grace period.
  add column missing_since timestamptz,
  add column lost_at timestamptz,
  add check (next_check_at is null or verified_at is not null),
  add check (missing_since is null or verified_at is not null),
  add check (lost_at is null or verified_at is null);
update organization_domains set next_check_at = now() + random() * interval '1 day' where verified_by = 'dns';
create index organization_domains_due on organization_domains (next_check_at) where next_check_at is not null;
