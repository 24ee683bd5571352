-- Confirmations by the postmaster expire after 180 days, with a notice of 14 days. Those that were given long ago are asked
-- for again soon, spread over a week.
update organization_domains
  set next_check_at = greatest(coalesce(checked_at, verified_at) + interval '166 days', now() + random() * interval '7 days')
  where verified_by = 'email';
