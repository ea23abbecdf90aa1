-- Returns, for the operator, each office that was decided about, and since when that decision stands.
create or replace function offices_decided() returns table (slug text, name text, state text, most_clients integer,
                                                       note text,
                                                 clients bigint, since timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.slug, o.name, a.state, a.most_clients, a.note, count(distinct p.client_number), a.at
    from admission a join organisation o on o.id = a.organisation_id
    left join processing_agreement p on p.processor_id = a.organisation_id
     and not exists (select from organisation t where t.id = p.controller_id and t.is_test)
   group by o.id, a.organisation_id order by a.state, o.slug
$$;

alter function offices_decided() owner to meldketen_door;
revoke execute on function offices_decided() from public;
grant execute on function offices_decided() to meldketen_owner;
