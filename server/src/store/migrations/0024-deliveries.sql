-- Deliveries to webhooks that were promised when the body was still made at each attempt; now it is stored.
update jobs set payload = payload - 'createdAt' - 'members' || jsonb_build_object('body', (
    jsonb_build_object('hookId', payload -> 'hookId', 'event', payload -> 'event', 'createdAt', payload -> 'createdAt')
    || (payload -> 'members'))::text)
  where queue = 'hook-deliveries' and payload ? 'members';
