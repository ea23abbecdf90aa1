-- Returns the organisation that mailed the link with this hash to confirm where answers go; null: the link ended.
create or replace function organisation_of_reply_link(link_hash bytea) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organisation o where o.reply_link_hash = link_hash and o.reply_link_ends_at > now()
$$;

alter function organisation_of_reply_link(bytea) owner to meldketen_door;
revoke execute on function organisation_of_reply_link(bytea) from public;
grant execute on function organisation_of_reply_link(bytea) to meldketen_app;
