-- Of these registers, that offices made: the verified organisation with that number hears what it is about. Once each;
-- who refused an office hears no more of it. A machine's step there, of workflows/asked.py, mails its people.
create function word_to_asked(about uuid[], registers uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select v.id, 'asked', 1, a.about
      from unnest(about, registers) as a(about, register)
      join organisation r on r.id = a.register and r.claimed_at is null and r.joined_into is null
      join organisation v on v.kvk_number = r.kvk_number and v.claimed_at is not null and v.verified_at is not null
                         and v.joined_into is null and v.id <> r.made_by
     where is_admitted(r.made_by)
       and not exists (select from consent c where c.controller_id = v.id and c.processor_id = r.made_by
                                               and c.state = 'refused')
     order by v.id, a.about
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

-- What the verified acting organisation is asked, by the ids of registers and breaches: who asks, and about what.
-- title: of the breach; null: an office asks whether it works for this organisation.
create function asked_of_me(ids uuid[]) returns table (id uuid, office text, title text)
language sql stable security definer set search_path = public, pg_temp as $$
  with waiting as (
    select r.id, p.name
      from organisation me
      join organisation r on r.kvk_number = me.kvk_number and r.claimed_at is null
                         and (r.joined_into is null or r.joined_into = me.id)
      join organisation p on p.id = r.made_by and p.id <> me.id
     where me.id = acting_organisation() and me.claimed_at is not null and me.verified_at is not null)
  select w.id, w.name, null from waiting w where w.id = any (ids)
  union all
  select b.id, w.name, b.title from waiting w join breach b on b.organisation_id = w.id where b.id = any (ids)
$$;
do $$
begin
  grant create on schema public to meldketen_door;
  alter function asked_of_me(uuid[]) owner to meldketen_door;
  revoke execute on function asked_of_me(uuid[]) from public;
  grant execute on function asked_of_me(uuid[]) to meldketen_app;
  revoke execute on function word_to_asked(uuid[], uuid[]) from public;
  grant execute on function word_to_asked(uuid[], uuid[]) to meldketen_door;
  revoke create on schema public from meldketen_door;
end $$;
