-- What the people of a register that is released began and decided there ends, and the owner is asked anew.

-- A run of theirs is set apart under a subject of its own, with its steps as they were done: no other step rests on it.
create function set_run_apart(r run) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform close_dossiers(r.organisation_id, array[r.subject_id]);
  update run set subject_id = r.id, state = 'cancelled', finished_at = coalesce(finished_at, now())
   where organisation_id = r.organisation_id and id = r.id;
end $$;

-- The same workflow from its first step, with its clocks running from where they ran: a moment that is past is heard.
create function open_run_anew(r run) returns void language plpgsql set search_path = public, pg_temp as $$
declare
  fresh constant uuid := uuidv7();
begin
  perform set_run_apart(r);
  insert into run (organisation_id, id, workflow, version, subject_id)
  values (r.organisation_id, fresh, r.workflow, r.version, r.subject_id);
  insert into step (organisation_id, run_id, name, kind, state)
  select r.organisation_id, fresh, s.name, s.kind, 'waiting' from step s
   where s.organisation_id = r.organisation_id and s.run_id = r.id order by s.created_at, s.id limit 1;
  insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, heard, next_at)
  select c.organisation_id, fresh, c.name, case when c.alarm_at is null then 'waiting' else 'running' end,
         c.started_at, c.alarm_at, c.due_at, c.moments, past.n, c.moments[past.n + 1]
    from clock c cross join lateral (select greatest(0, least(cardinality(c.moments) - 1,
           (select count(*)::integer from unnest(c.moments) m where m <= now()))) as n) past
   where c.organisation_id = r.organisation_id and c.run_id = r.id;
end $$;

-- Notices that were not sent: no mail of theirs goes any more, and their runs end.
create function end_notices(register uuid) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  update mail_batch set state = 'stopped', held_for = null, held_until = null,
      text_key = coalesce(nullif(text_key, ''), purpose)
   where organisation_id = register and purpose = 'notice' and state in ('held', 'listed', 'planned');
  perform close_dossiers(register, array(select n.id from notice n
                                          where n.organisation_id = register and n.sent_at is null));
end $$;

-- The office's side: nobody confirmed or decided anything, and the owner is called. It waits for a receipt again.
create function ask_owner_again(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  asked constant uuid[] := array(select e.id from escalation e
                                  where e.processor_id = office and e.controller_id = register order by e.id
                                    for update);
begin
  update escalation set acknowledged_at = null, acknowledged_by = null, acknowledged_link = null, decision = null,
      decided_at = null, informed_at = null, informed_how = null, call_needed_at = now()
   where processor_id = office and id = any (asked);
  with again as (
    update run set state = 'running', finished_at = null
     where organisation_id = office and workflow = 'escalation' and state = 'done' and subject_id = any (asked)
    returning id),
  undone as (
    update step s set state = 'cancelled' from again
     where s.organisation_id = office and s.run_id = again.id and s.name = 'acknowledge' and s.state = 'done'
    returning s.run_id, s.name, s.kind, s.round)
  insert into step (organisation_id, run_id, name, kind, state, round)
  select office, run_id, name, kind, 'waiting', round + 1 from undone;
end $$;

-- What was sent in and decided stays in the history and in the run that is set apart; the facts stay as they are.
create function open_breaches_anew(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  theirs run;
begin
  for theirs in select r.* from run r join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
      where r.organisation_id = register and r.workflow = 'ap_notification' and b.processor_id = office
        and b.origin = 'escalated' order by r.id for update of r loop
    perform open_run_anew(theirs);
  end loop;
  update breach set risk = null, risk_reason = null, people_exception = null, people_reason = null, decision = null,
      decision_reason = null, decided_at = null, draft = null, submitted_at = null, authority_number = null,
      late_reason = null, acknowledged_at = null, advice = null, departure_reason = null, assessed_on = null,
      decided_on = null, seen_on = null, approved_on = null, sent_as = null, prepared_by = '{}', version = version + 1
   where organisation_id = register and processor_id = office and origin = 'escalated';
end $$;

-- All of it; in both histories it stands with each breach, with what stood there before.
create function undo_of_strangers(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  undone history_entry[];
begin
  select array_agg(entry.e order by e.id) into undone from escalation e cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at),
      null, null, null)::history_entry),
    (row(register, 'breach', e.breach_id, 'breach.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at),
      null, null, null)::history_entry)) as entry(e)
   where e.processor_id = office and e.controller_id = register;
  perform end_notices(register);
  perform open_breaches_anew(office, register);
  perform ask_owner_again(office, register);
  if undone is not null then perform chain_entries(undone); end if;
end $$;

do $$
declare part text;
begin
  foreach part in array array['set_run_apart(run)', 'open_run_anew(run)', 'end_notices(uuid)',
      'ask_owner_again(uuid,uuid)', 'open_breaches_anew(uuid,uuid)', 'undo_of_strangers(uuid,uuid)'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
