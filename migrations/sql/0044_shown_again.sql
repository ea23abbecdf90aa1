-- What falls away with a delivery by mail is not shown before either, a decision that stands is shown again, and of
-- whom the operator registered that is told.

-- Whether who was told in this way stays told where the register was opened by somebody who proved nothing.
create function stays_told(how text) returns boolean language sql immutable as $$
  select coalesce(how in ('phone', 'letter'), false)
$$;

-- As in 0026; new: of a register that somebody opened, a delivery by mail is no moment, as once it is accepted.
create or replace function messages_of(at_office uuid, register uuid, receipts jsonb) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(m) - 'created_at' order by m.created_at desc), '[]')
    from (select b.id as breach_id, i.title, i.found_at, i.description, e.people_min, e.people_max, e.created_at,
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
           where e.processor_id = at_office and e.controller_id = register
           order by e.created_at desc limit 50) m
$$;

-- What the office learns of a breach from how it stands in the register: as tell_processor in
-- workflows/ap_notification.py. Null: not decided, or not sent yet.
create function outcome_of(b breach) returns text language sql immutable as $$
  select case when b.submitted_at >= b.due_at then 'notified_late'
              when b.submitted_at is not null then 'notified'
              when b.decided_at is not null and b.decision = 'do_not_notify' then 'not_notified' end
$$;

-- The office's board shows again what the register had decided about these breaches, and its history tells it.
create function show_decisions(office uuid, register uuid, breaches uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  update escalation e set decision = outcome_of(b), decided_at = coalesce(b.submitted_at, b.decided_at),
      decided_alone = is_decided_alone(register, b.id)
    from breach b
   where e.processor_id = office and e.breach_id = any (breaches) and b.organisation_id = register
     and b.id = e.breach_id and outcome_of(b) is not null;
  insert into history_pending (organisation_id, entry)
  select office, row(office, 'escalation', e.id, 'escalation.decided', null, null, 'controller', null, null, null,
    jsonb_build_object('by', (select name from organisation where id = register), 'decision', e.decision)
      || case when e.decided_alone then '{"alone": true}'::jsonb else '{}' end, null, null, null)::history_entry
    from escalation e join breach b on b.organisation_id = register and b.id = e.breach_id
   where e.processor_id = office and e.breach_id = any (breaches) and outcome_of(b) is not null order by e.id;
end $$;

-- As in 0032; new: what was decided there is shown at the office.
create or replace function take_up_again(office uuid, old_register uuid, register uuid, breaches uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update breach b set acknowledged_at = null, version = b.version + 1,
      (stated_aware_at, stated_aware_how, stated_by) = (
        select case when s.is_newer then o.stated_aware_at else b.stated_aware_at end,
               case when s.is_newer then o.stated_aware_how else b.stated_aware_how end,
               case when s.is_newer then o.stated_by else b.stated_by end
          from (select b.stated_aware_at is null and stays_told(o.stated_aware_how) as is_newer) s)
    from breach o
   where b.organisation_id = register and b.id = any (breaches) and o.organisation_id = old_register and o.id = b.id;
  perform open_anew(office, register, array(select b.id from breach b join organisation o on o.id = b.organisation_id
    where b.organisation_id = register and b.id = any (breaches) and (o.claimed_at is null or not exists (
      select from run r where r.organisation_id = register and r.subject_id = b.id and r.workflow = 'ap_notification'
                          and r.state <> 'cancelled'))));
  perform count_as_stated(register, breaches);
  perform show_decisions(office, register, breaches);
  insert into history_pending (organisation_id, entry)
  select register, row(register, 'breach', b.id, 'breach.taken_up_again', null, null, 'processor', null, null, null,
    jsonb_build_object('by', b.processor_name), null, null, null)::history_entry
    from breach b where b.organisation_id = register and b.id = any (breaches) order by b.id;
end $$;

-- As in 0028; new: whether the operator founded the organisation.
drop function notice_with_code(text);
create function notice_with_code(code text)
returns table (organisation_name text, subject text, sent_at timestamptz, registered_by text, is_founded boolean,
              proof jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at, office.name,
         exists (select from operator_act a where a.organisation_id = o.id and a.act = 'found'), proof_of(o)
    from notice n join organisation o on o.id = n.organisation_id
    left join organisation office on office.id = o.made_by
         and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;

do $$
declare part text;
begin
  grant create on schema public to meldketen_door;
  alter function notice_with_code(text) owner to meldketen_door;
  revoke execute on function notice_with_code(text) from public;
  grant execute on function notice_with_code(text) to meldketen_app;
  revoke create on schema public from meldketen_door;
  foreach part in array array['stays_told(text)', 'outcome_of(breach)', 'show_decisions(uuid,uuid,uuid[])'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
