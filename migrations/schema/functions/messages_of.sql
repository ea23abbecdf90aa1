-- Returns what an office wrote at this register, or at one that was joined into it, as it stated it, and nothing of
-- what anybody did with it there. In a register that somebody opened a delivery by mail sets no moment, as after it
-- is accepted.
-- receipts: what the verified organisation confirmed; null: the register is unclaimed, so a receipt is that of its
-- escalation.
create or replace function messages_of(at_office uuid, register uuid, receipts jsonb) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(m) - 'created_at' order by m.created_at desc), '[]')
    from (select b.id as breach_id, i.title, i.found_at, i.description, e.people_min, e.people_max,
                 e.people_estimate, e.created_at,
                 case when receipts is null then e.acknowledged_at
                      else (receipts -> b.id::text ->> 'at')::timestamptz end as acknowledged_at,
                 s.stated_aware_at, s.stated_aware_how,
                 case when receipts is null or rests_on_office(b) and stays_told(b.stated_aware_how) then b.due_at
                 end as due_at
            from escalation e
            join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
            join breach b on b.organisation_id = e.controller_id and b.id = e.breach_id
            left join lateral (select b.stated_aware_at, b.stated_aware_how
                                where receipts is null or stays_told(b.stated_aware_how)) s on true
           where e.processor_id = at_office and e.controller_id in (select joined_with(register))
           order by e.created_at desc limit 50) m
$$;

revoke execute on function messages_of(uuid, uuid, jsonb) from public;
grant execute on function messages_of(uuid, uuid, jsonb) to meldketen_door;
