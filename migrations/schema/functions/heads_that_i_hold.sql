-- Returns what the acting organisation holds of others; whether their chains still have it, and whether the key was
-- theirs then. It reveals no more of them.
create or replace function heads_that_i_hold() returns table (
  giver uuid, giver_name text, escalation_id uuid, seq bigint, head bytea, statement text,
  signature bytea, public_key bytea,
  received_at timestamptz, stands boolean, key_known boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.from_organisation, o.name, c.escalation_id, c.seq, c.head, c.statement, c.signature,
         c.public_key, c.received_at,
         exists (select from history h where h.organisation_id = c.from_organisation and h.seq = c.seq
                    and h.hash = c.head),
         exists (select from signing_key k where k.organisation_id = c.from_organisation and k.public_key = c.public_key
                    and c.received_at between k.begun_at and coalesce(k.ended_at, 'infinity'))
    from carried_head c join organisation o on o.id = c.from_organisation
   where c.organisation_id = acting_organisation() order by c.received_at, c.id
$$;

alter function heads_that_i_hold() owner to meldketen_door;
revoke execute on function heads_that_i_hold() from public;
grant execute on function heads_that_i_hold() to meldketen_app;
