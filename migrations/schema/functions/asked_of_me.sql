-- Returns what the verified acting organisation is asked, by the ids of registers and breaches: who asks, and about
-- what. Of a register that somebody opened, it is what the office wrote.
-- title, found_at: of the breach; null: an office asks whether it works for this organisation.
create or replace function asked_of_me(ids uuid[]) returns table (
  id uuid, office text, title text, found_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  with me as (select o.* from organisation o where o.id = acting_organisation() and o.claimed_at is not null
                 and o.verified_at is not null),
  waiting as (
    select w.office, w.register from me cross join lateral waiting_registers(me.*::organisation) w
    union
    select r.made_by, r.id from me join organisation r on r.joined_into = me.id and r.claimed_at is null
     where r.kvk_number = me.kvk_number and r.made_by <> me.id)
  select w.register, p.name, null, null::timestamptz from waiting w join organisation p on p.id = w.office
   where w.register = any (ids)
  union all
  select b.id, p.name, i.title, i.found_at from waiting w join organisation p on p.id = w.office
    join breach b on b.organisation_id in (select joined_with(w.register) union select w.register)
     and b.processor_id = w.office and b.origin = 'escalated'
    join incident i on i.organisation_id = w.office and i.id = b.incident_id
   where b.id = any (ids)
$$;

alter function asked_of_me(uuid[]) owner to meldketen_door;
revoke execute on function asked_of_me(uuid[]) from public;
grant execute on function asked_of_me(uuid[]) to meldketen_app;
