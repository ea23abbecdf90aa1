-- Returns, for the operator, the mail that waits, of all organisations.
create or replace function held_mail() returns table (slug text, purpose text, about_id uuid, held_for text,
                                           held_until timestamptz, since timestamptz, people bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.slug, b.purpose, b.about_id, b.held_for, min(b.held_until), min(b.created_at),
         sum((select count(*) from recipient r
               where r.organisation_id = b.organisation_id and r.batch_id = b.id))::bigint
    from mail_batch b join organisation o on o.id = b.organisation_id
   where b.state = 'held' group by 1, 2, 3, 4 order by 6, 1, 3
$$;

alter function held_mail() owner to meldketen_door;
revoke execute on function held_mail() from public;
grant execute on function held_mail() to meldketen_owner;
