-- Tells the verified organisation with the number of these registers (made by offices, or opened by somebody who is
-- not verified) about them, once each; an organisation that refused an office is told no more of it. A machine's step
-- there, of workflows/trust/asked.py, mails its people.
create or replace function word_to_asked(about uuid[], registers uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select v.id, 'asked', 1, a.about
      from unnest(about, registers) as a(about, register)
      join organisation r on r.id = a.register and r.verified_at is null and r.joined_into is null
      join organisation v on v.kvk_number = r.kvk_number and v.claimed_at is not null and v.verified_at is not null
                         and v.joined_into is null and v.id <> r.id
     where exists (
       select from waiting_registers(v) w
        where w.register = r.id
          and w.office = coalesce((select b.processor_id from breach b
                                    where b.organisation_id = r.id and b.id = a.about), w.office)
          and not exists (select from consent c where c.controller_id = v.id and c.processor_id = w.office
                                                  and c.state = 'refused'))
     order by v.id, a.about
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

revoke execute on function word_to_asked(uuid[], uuid[]) from public;
grant execute on function word_to_asked(uuid[], uuid[]) to meldketen_door;
