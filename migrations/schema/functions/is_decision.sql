-- Returns whether the end of the chain is signed at once after this entry; after all others it is signed within a
-- day.
create or replace function is_decision(what text) returns boolean language sql immutable parallel safe as $$
  select what in ('ap_notification.approve', 'ap_notification.submit', 'bulk_notice.approve', 'bulk_notice.release',
      'glass.broken')
$$;
