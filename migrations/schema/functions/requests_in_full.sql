-- Returns each office that a verified organisation can accept, and what that office states about this organisation
-- alone: the agreements that lead to the register where its messages wait, at most twenty, and the reference of the
-- incident behind each message. It reveals nothing of what anybody did in that register. agreements:
-- [{"client_number", "controller_name", "hours_to_notify", "contacts", "services": {name: role}, "in_force_from",
-- "in_force_to"}], the oldest first; incidents: {breach: reference}.
create or replace function requests_in_full() returns table (
  processor_id uuid, kvk_number text, verified_at timestamptz, agreements jsonb, incidents jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.processor_id, o.kvk_number, o.verified_at, agreements_stated(p.processor_id, p.register),
         (select coalesce(jsonb_object_agg(b.id, i.reference), '{}')
            from jsonb_array_elements(p.messages) m
            join breach b on b.organisation_id in (select joined_with(p.register)) and b.id = (m->>'breach_id')::uuid
             and leads_here(b)
            join incident i on i.organisation_id = p.processor_id and i.id = b.incident_id)
    from processors_of_mine() p join organisation o on o.id = p.processor_id
   where p.register is not null
$$;

alter function requests_in_full() owner to meldketen_door;
revoke execute on function requests_in_full() from public;
grant execute on function requests_in_full() to meldketen_app;
