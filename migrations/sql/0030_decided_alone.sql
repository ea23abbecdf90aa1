-- How a controller decided reaches its office; whether one person did it alone does as well, and never why. The mark
-- is the register's own: an act that was done alone in the run that decides about the breach. Null: not decided.
alter table escalation add column decided_alone boolean;

create function is_decided_alone(controller uuid, breach_decided uuid) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select from run r
                   join broken_glass g on g.organisation_id = r.organisation_id and g.run_id = r.id
                  where r.organisation_id = controller and r.workflow = 'ap_notification'
                    and r.subject_id = breach_decided and r.state <> 'cancelled')
$$;
revoke execute on function is_decided_alone(uuid, uuid) from public;
grant execute on function is_decided_alone(uuid, uuid) to meldketen_door;

-- As in 0010; new: decided_alone, in the row and in the office's history.
create or replace function report_decision(breach_decided uuid, outcome text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  alone constant boolean := is_decided_alone(me, breach_decided);
  told record;
begin
  update escalation set decision = outcome, decided_at = now(), decided_alone = alone
   where controller_id = me and breach_id = breach_decided returning processor_id, id into told;
  if found then
    perform record_across(told.processor_id, 'escalation', told.id, 'escalation.decided', null, null, 'controller',
      null, jsonb_build_object('by', (select name from organisation where id = me), 'decision', outcome)
        || case when alone then '{"alone": true}'::jsonb else '{}' end);
  end if;
end $$;

-- A decision that is taken back, by whatever act, takes the mark along.
create function take_mark_along() returns trigger language plpgsql as $$
begin
  new.decided_alone := null;
  return new;
end $$;
create trigger mark_goes_with_decision before update of decision on escalation
  for each row when (new.decision is null) execute function take_mark_along();

-- What was decided before. The role of the doors sees every organisation.
set local role meldketen_door;
update escalation e set decided_alone = is_decided_alone(e.controller_id, e.breach_id) where e.decision is not null;
reset role;
alter table escalation add constraint mark_stands_with_decision
  check ((decided_alone is null) = (decision is null));
