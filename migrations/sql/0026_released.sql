-- A register that the operator closes again: what the office stated stands there again, whoever else wrote in it.

-- How its office described a client, kept when somebody opens the register: {column: value}. All that the people of a
-- register may change of its row.
alter table organisation add column as_registered jsonb;
create function keep_as_registered() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.as_registered := jsonb_build_object('name', old.name, 'locale', old.locale, 'fg_name', old.fg_name,
    'fg_email', old.fg_email, 'fg_number', old.fg_number, 'financial_undertaking', old.financial_undertaking);
  return new;
end $$;
create trigger keep_as_registered before update of claimed_at on organisation for each row
  when (old.claimed_at is null and new.claimed_at is not null and new.made_by is not null)
  execute function keep_as_registered();

-- The register is called again as its office registered it. Of one that was opened before that was kept: as the office
-- calls it in its agreements, without an FG.
create function describe_as_registered(register uuid) returns void language sql set search_path = public, pg_temp as $$
  update organisation o set as_registered = null,
      (name, locale, fg_name, fg_email, fg_number, financial_undertaking) = (
    select x.name, x.locale, x.fg_name, x.fg_email, x.fg_number, x.financial_undertaking
      from jsonb_populate_record(o, coalesce(o.as_registered, jsonb_build_object(
        'name', coalesce((select max(a.controller_name) from processing_agreement a
                           where a.processor_id = o.made_by and a.controller_id = o.id), o.name),
        'locale', 'nl', 'fg_name', null, 'fg_email', null, 'fg_number', null))) x)
   where o.id = register
$$;

-- As in 0018; new: a moment that rests on what somebody stated or moved there does not come along.
create or replace function open_run_anew(r run) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform set_run_apart(r);
  perform open_stated_run(r, r.organisation_id, (select rests_on_office(b) from breach b
    where b.organisation_id = r.organisation_id and b.id = r.subject_id));
end $$;

-- As in 0018; new: the facts are those of the office again, and so are the moments.
create or replace function open_breaches_anew(office uuid, register uuid) returns void language plpgsql
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
  update breach b set became_aware_at = null, aware_how = null, alarm_at = null, due_at = null, terms = null,
      own_aware_reason = null, own_aware_stated_at = null, moved_term = null,
      stated_aware_at = case when stated_aware_how <> 'receipt' then stated_aware_at end,
      stated_by = case when stated_aware_how <> 'receipt' then stated_by end,
      stated_aware_how = nullif(stated_aware_how, 'receipt')
   where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and not rests_on_office(b);
  update breach b set title = i.title, found_at = i.found_at, happened_from = i.happened_from,
      happened_until = i.happened_until, description = i.description, cause = i.cause, consequences = i.consequences,
      measures = i.measures, facts = i.facts, people_min = e.people_min, people_max = e.people_max,
      contacts = e.contacts, severity_answers = null, enisa = null, authority_severity = null, edpb_severity = null,
      financial_undertaking = o.financial_undertaking
    from escalation e, incident i, organisation o
   where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and e.processor_id = office
     and e.controller_id = register and e.breach_id = b.id and i.organisation_id = office and i.id = e.incident_id
     and o.id = register;
  perform count_as_stated(register, array(select b.id from breach b where b.organisation_id = register
    and b.processor_id = office and b.origin = 'escalated'));
end $$;

-- As in 0018; new: what stood there is in both histories, with what was typed and stated, and what was done alone.
create or replace function undo_of_strangers(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  undone history_entry[];
begin
  select array_agg(entry.e order by e.id) into undone from escalation e
    join breach b on b.organisation_id = register and b.id = e.breach_id cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at),
      null, null, null)::history_entry),
    (row(register, 'breach', e.breach_id, 'breach.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
        'became_aware_at', b.became_aware_at, 'aware_how', b.aware_how, 'due_at', b.due_at,
        'moved_term', b.moved_term, 'facts', b.facts, 'people_min', b.people_min, 'people_max', b.people_max,
        'done_alone_not_reviewed', (select count(*) from broken_glass g
          join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
          left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
         where g.organisation_id = register and g.reviewed_at is null
           and coalesce(n.breach_id, r.subject_id) = e.breach_id)),
      null, null, null)::history_entry)) as entry(e)
   where e.processor_id = office and e.controller_id = register;
  perform end_notices(register);
  perform open_breaches_anew(office, register);
  perform ask_owner_again(office, register);
  if undone is not null then perform chain_entries(undone); end if;
end $$;

-- A register that several offices wrote in goes back to none of them: each would read what the others wrote. Each
-- office gets its own again, unclaimed, and nobody goes on in this one.
create function part_offices(r organisation) returns void language plpgsql set search_path = public, pg_temp as $$
declare
  left_behind record;
begin
  perform end_notices(r.id);
  for left_behind in
    select office, coalesce((select max(a.controller_name) from processing_agreement a
                              where a.processor_id = office and a.controller_id = r.id), r.name) as called
      from (select c.processor_id as office from consent c where c.controller_id = r.id and c.state = 'accepted'
            union select e.processor_id from escalation e where e.controller_id = r.id) offices order by office
  loop
    update consent set state = 'ended', ended_at = now()  -- else its own register would be this one
     where controller_id = r.id and processor_id = left_behind.office and state <> 'ended';
    perform lead_elsewhere(left_behind.office, r.id, register_of(left_behind.office, r.kvk_number, left_behind.called),
                           '{}', true);
  end loop;
  perform close_dossiers(r.id, array(select subject_id from run where organisation_id = r.id and state = 'running'));
  perform chain_history('[]');
end $$;

-- As in 0018; new: a register in which several offices were accepted is closed too.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
  offices uuid[];
begin
  select o.* into r from organisation o
   where o.slug = at_slug and o.claimed_at is not null and o.made_by is not null and o.joined_into is null
     for update;
  if not found then return null; end if;
  offices := array(select c.processor_id from consent c
                    where c.controller_id = r.id and (c.state = 'accepted' or c.processor_id = r.made_by)
                   union select b.processor_id from breach b
                    where b.organisation_id = r.id and b.processor_id is not null
                   union select r.made_by);
  if cardinality(offices) > 1 then
    update organisation set verified_at = null, verified_how = null, verified_note = null where id = r.id;
    perform describe_as_registered(r.id);  -- once nothing is proven: a proven name stays
    perform part_offices((select o from organisation o where o.id = r.id));
  else
    -- Where the stranger ended the office, the agreements lead to a newer register: that one goes on in this one.
    update organisation o set joined_into = r.id
     where o.made_by = r.made_by and o.kvk_number = r.kvk_number and o.claimed_at is null and o.joined_into is null
    returning o.id into newer;
    update organisation set claimed_at = null, verified_at = null, verified_how = null, verified_note = null
     where id = r.id;
    perform describe_as_registered(r.id);
    perform undo_of_strangers(r.made_by, r.id);  -- before the breaches of the newer register come: not theirs
    if newer is not null then
      perform move_register(r.made_by, newer, r.id);
      perform chain_history('[]');
    end if;
  end if;
  update consent set state = 'ended', ended_at = now() where controller_id = r.id and state <> 'ended';
  perform chain_entries(array[row(r.id, 'organisation', r.id, 'register.claim_released', null, null, 'operator', null,
    null, null, jsonb_build_object('note', why), null, null, null)::history_entry]
    || array(select row(o, 'organisation', o, 'register.claim_released', null, null, 'operator', null, null, null,
               jsonb_build_object('note', why, 'clients', (select jsonb_agg(distinct a.client_number)
                 from processing_agreement a join organisation at on at.id = a.controller_id
                where a.processor_id = o and at.kvk_number = r.kvk_number)), null, null, null)::history_entry
               from unnest(offices) o order by o));
  return r.id;
end $$;

do $$
declare part text;
begin
  foreach part in array array['part_offices(organisation)', 'describe_as_registered(uuid)'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
