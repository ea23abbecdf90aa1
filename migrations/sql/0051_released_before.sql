-- Registers that were released before 0043 and that nobody opened since: a delivery by mail of before the release was
-- to a stranger, and no moment rests on it any more. What the office told since the release counts in its place.
set local role meldketen_door;
do $$
declare
  r record;
begin
  for r in
    select b.processor_id as office, b.organisation_id as register, released.at,
           array_agg(b.id order by b.id) as breaches
      from breach b join organisation o on o.id = b.organisation_id
     cross join lateral (select max(h.at) as at from history h where h.organisation_id = o.id and h.subject_id = o.id
                            and h.what = 'register.claim_released') released
     where o.claimed_at is null and o.joined_into is null and b.origin = 'escalated' and b.stated_aware_how = 'mail'
       and leads_here(b) and b.stated_aware_at <= released.at
     group by b.processor_id, b.organisation_id, released.at order by b.organisation_id, b.processor_id
  loop
    perform forget_deliveries(r.register, r.breaches);
    perform open_anew(r.office, r.register, r.breaches);  -- before what the office told since, so that its clock is new
    update escalation set informed_at = null, informed_how = null, call_needed_at = coalesce(call_needed_at, now())
     where processor_id = r.office and breach_id = any (r.breaches) and informed_how = 'mail' and informed_at <= r.at;
    update breach b set stated_aware_at = e.informed_at, stated_aware_how = e.informed_how, stated_by = p.name
      from escalation e join organisation p on p.id = e.processor_id
     where b.organisation_id = r.register and b.id = any (r.breaches) and e.processor_id = r.office
       and e.breach_id = b.id and e.informed_at is not null;
    perform count_as_stated(r.register, r.breaches);
  end loop;
  perform chain_history('[]');
end $$;
reset role;
