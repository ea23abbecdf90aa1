-- Returns what others hold of the acting organisation's chain.
create or replace function heads_held_of_me() returns table (
  holder uuid, holder_name text, escalation_id uuid, seq bigint, head bytea, statement text,
  signature bytea, public_key bytea,
  received_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organisation_id, o.name, c.escalation_id, c.seq, c.head, c.statement, c.signature,
         c.public_key, c.received_at
    from carried_head c join organisation o on o.id = c.organisation_id
   where c.from_organisation = acting_organisation() order by c.seq, c.organisation_id, c.id
$$;

alter function heads_held_of_me() owner to meldketen_door;
revoke execute on function heads_held_of_me() from public;
grant execute on function heads_held_of_me() to meldketen_app;
