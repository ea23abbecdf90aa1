-- Returns those of these clients that are verified: name, what proves it, and the acting office's name.
create or replace function proofs_among(clients uuid[])
returns table (organisation_id uuid, name text, proof jsonb, office text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, proof_of(o), (select me.name from organisation me where me.id = acting_organisation())
    from organisation o
   where o.id = any(clients) and o.verified_at is not null
     and exists (select from processing_agreement a
                  where a.processor_id = acting_organisation() and a.controller_id = o.id)
$$;

alter function proofs_among(uuid[]) owner to meldketen_door;
revoke execute on function proofs_among(uuid[]) from public;
grant execute on function proofs_among(uuid[]) to meldketen_app;
