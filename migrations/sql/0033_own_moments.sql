-- A controller's own statement of when it was aware decides its clock (Art. 33(1)), and clears nothing unseen: a moment
-- later than the one that counts waits for a second person, and the earliest one stays.
alter table breach
  -- the earliest moment that anybody stated: whether reasons for a delay are asked is counted from it
  add column earliest_aware_at timestamptz,
  -- a later moment of its own that waits for a second person, why, since when, and who stated it
  add column later_aware_at timestamptz,
  add column later_aware_reason text check (is_long_text(later_aware_reason)),
  add column later_aware_stated_at timestamptz,
  add column later_aware_by uuid[],
  -- 2: the text that the history bears the hash of tells what was stated, too
  add column register_form smallint not null default 1,
  add constraint later_moment_is_whole
    check (num_nonnulls(later_aware_at, later_aware_reason, later_aware_stated_at, later_aware_by) in (0, 4)),
  add constraint later_moment_is_later check (later_aware_at > became_aware_at);
alter table breach no force row level security;
update breach set earliest_aware_at = least(stated_aware_at, became_aware_at);
alter table breach force row level security;
alter table breach alter column register_form set default 2;

-- When somebody of the acting organisation first showed that it knew: it confirmed receipt while logged in, or
-- assessed the breach. What the holder of a mailed link confirmed is not said by a member.
create function first_own_acts(breach_known uuid, out received_at timestamptz, out assessed_at timestamptz)
language sql stable set search_path = public, pg_temp as $$
  select (select min(e.acknowledged_at) from escalation e
           where e.controller_id = acting_organisation() and e.breach_id = breach_known
             and e.acknowledged_link is null),
         (select min(s.done_at) from run r
            join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
           where r.organisation_id = acting_organisation() and r.subject_id = breach_known
             and r.workflow = 'ap_notification' and r.state <> 'cancelled' and s.kind = 'human' and s.state = 'done')
$$;

-- The earliest moment only becomes earlier, but where a door takes back what strangers stated. Who is no longer among
-- the preparers of the decision takes the later moment along.
create function keep_earliest_moment() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  earlier timestamptz := new.earliest_aware_at;
begin
  if tg_op = 'UPDATE' then
    earlier := old.earliest_aware_at;
    if current_user = 'meldketen_door' and (new.became_aware_at is null
        or old.own_aware_stated_at is not null and new.own_aware_stated_at is null) then
      earlier := null;
    end if;
  end if;
  new.earliest_aware_at := least(earlier, new.became_aware_at, new.stated_aware_at);
  if not coalesce(new.later_aware_by <@ new.prepared_by, true) then
    new.later_aware_at := null;
    new.later_aware_reason := null;
    new.later_aware_stated_at := null;
    new.later_aware_by := null;
  end if;
  if tg_op = 'UPDATE' and (new.stated_aware_at, new.own_aware_stated_at, new.later_aware_stated_at)
      is distinct from (old.stated_aware_at, old.own_aware_stated_at, old.later_aware_stated_at) then
    new.register_form := 2;
  end if;
  return new;
end $$;
create trigger earliest_moment_begins before insert on breach for each row
  when (new.became_aware_at is not null or new.stated_aware_at is not null) execute function keep_earliest_moment();
create trigger earliest_moment_stays before update on breach for each row
  when ((new.became_aware_at, new.stated_aware_at, new.own_aware_stated_at, new.earliest_aware_at,
         new.later_aware_stated_at, new.prepared_by)
        is distinct from (old.became_aware_at, old.stated_aware_at, old.own_aware_stated_at, old.earliest_aware_at,
         old.later_aware_stated_at, old.prepared_by)) execute function keep_earliest_moment();

-- Nobody was aware after they confirmed receipt, or assessed.
create function refuse_moment_after_acts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from first_own_acts(new.id) acts
              where greatest(new.became_aware_at, new.later_aware_at) > least(acts.received_at, acts.assessed_at)) then
    raise exception 'a moment of awareness after an own act' using errcode = 'check_violation',
      constraint = 'own_moment_before_own_acts';
  end if;
  return new;
end $$;
create trigger own_moment_before_own_acts before update on breach for each row
  when (current_user <> 'meldketen_door'
    and ((new.own_aware_stated_at is not null and new.own_aware_stated_at is distinct from old.own_aware_stated_at)
      or (new.later_aware_at is not null and new.later_aware_stated_at is distinct from old.later_aware_stated_at)))
  execute function refuse_moment_after_acts();

-- A later moment counts once somebody who did not state it approved, or the one who was alone did so as done alone.
create function later_moment_is_agreed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.became_aware_at is distinct from old.later_aware_at or not exists (
      select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
       where r.organisation_id = new.organisation_id and r.subject_id = new.id and r.workflow = 'ap_notification'
         and s.name = 'approve' and s.state = 'done' and s.outcome is null and s.done_at >= old.later_aware_stated_at
         and (not old.later_aware_by && array_remove(array[s.done_by, s.done_for], null)
              or exists (select from broken_glass g where g.organisation_id = s.organisation_id
                            and g.run_id = s.run_id and g.step = s.name and g.by_user = s.done_by
                            and g.created_at = s.done_at))) then
    raise exception 'a second person did not agree to a later moment' using errcode = 'check_violation',
      constraint = 'later_moment_is_agreed';
  end if;
  return null;
end $$;
create constraint trigger later_moment_is_agreed after update on breach deferrable initially deferred for each row
  when (current_user <> 'meldketen_door' and new.became_aware_at > old.became_aware_at)
  execute function later_moment_is_agreed();

-- As in 0024; new: what was stated, for what is written from now on.
create or replace function register_text(b breach) returns text language sql stable parallel safe as $$
  select json_build_object('reference', b.reference, 'title', b.title, 'processor_name', b.processor_name,
    'found_at', register_moment(b.found_at), 'happened_from', register_moment(b.happened_from),
    'happened_until', register_moment(b.happened_until), 'became_aware_at', register_moment(b.became_aware_at),
    'due_at', register_moment(b.due_at), 'description', b.description, 'facts', b.facts, 'people_min', b.people_min,
    'people_max', b.people_max, 'cause', b.cause, 'consequences', b.consequences, 'measures', b.measures, 'risk',
      b.risk,
    'risk_reason', b.risk_reason, 'people_exception', b.people_exception, 'people_reason', b.people_reason, 'decision',
      b.decision,
    'decision_reason', b.decision_reason, 'decided_at', register_moment(b.decided_at),
    'submitted_at', register_moment(b.submitted_at), 'authority_number', b.authority_number, 'late_reason',
      b.late_reason)::text
  where b.register_form = 1
  union all
  select (jsonb_build_object('reference', b.reference, 'title', b.title, 'processor_name', b.processor_name,
    'found_at', register_moment(b.found_at), 'happened_from', register_moment(b.happened_from),
    'happened_until', register_moment(b.happened_until), 'became_aware_at', register_moment(b.became_aware_at),
    'due_at', register_moment(b.due_at), 'description', b.description, 'facts', b.facts, 'people_min', b.people_min,
    'people_max', b.people_max, 'cause', b.cause, 'consequences', b.consequences, 'measures', b.measures,
    'risk', b.risk, 'risk_reason', b.risk_reason, 'people_exception', b.people_exception,
    'people_reason', b.people_reason, 'decision', b.decision, 'decision_reason', b.decision_reason,
    'decided_at', register_moment(b.decided_at), 'submitted_at', register_moment(b.submitted_at),
    'authority_number', b.authority_number, 'late_reason', b.late_reason)
  || jsonb_build_object('stated_aware_at', register_moment(b.stated_aware_at), 'stated_by', b.stated_by,
    'stated_aware_how', b.stated_aware_how, 'own_aware_stated_at', register_moment(b.own_aware_stated_at),
    'own_aware_reason', b.own_aware_reason, 'earliest_aware_at', register_moment(b.earliest_aware_at),
    'later_aware_at', register_moment(b.later_aware_at), 'later_aware_reason', b.later_aware_reason))::text
  where b.register_form = 2
$$;

revoke execute on function first_own_acts(uuid) from public;
grant execute on function first_own_acts(uuid) to meldketen_app;
