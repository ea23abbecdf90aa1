-- Returns the same hits, each with the number that its breach gets in its register. That of a test says so.
create or replace function numbered_hits(hits controller_hit[]) returns controller_hit[] language sql as $$
  with years as (select extract(year from now() at time zone 'Europe/Amsterdam')::integer as this),
  numbered as (
    insert into register_counter (organisation_id, kind, year, last)
    select h.controller_id, 'breach', years.this, 1 from unnest(hits) h cross join years order by h.controller_id
    on conflict (organisation_id, kind, year) do update set last = register_counter.last + 1
    returning organisation_id, last),
  -- two sets of 5,000 are not joined
  numbers as (select array_agg(last order by organisation_id) as by_place from numbered)
  select array_agg(row(h.place, h.controller_id, h.agreement_id, h.controller_name, h.contacts, h.hours_agreed,
    h.alarm_at, h.moments,
           h.people_min, h.people_max, h.informed_at, h.informed_how, h.financial_undertaking, h.breach_id,
             h.escalation_id, h.office_run,
           h.controller_run,
           case when o.is_test then 'PROEF-' else '' end
             || years.this || '-' || lpad(((select by_place from numbers)[h.place])::text, 4,
             '0'), h.people_estimate)::controller_hit)
    from unnest(hits) h join organisation o on o.id = h.controller_id cross join years
$$;

revoke execute on function numbered_hits(controller_hit[]) from public;
grant execute on function numbered_hits(controller_hit[]) to meldketen_door;
