-- Takes back the acting office's statement that a call or letter of this moment informed a controller: nobody was told,
-- so the controller's clock waits again, the office waits for a delivery again, and must call. Both histories keep
-- what was stated. Returns 'taken_back'; with nothing changed 'acted' when somebody there did something about the
-- breach, 'no_standing' when the office may not write about it there any more, and 'not_by_call' when no call or letter
-- of this moment informed it.
create or replace function take_back_informing(of_escalation uuid, informed timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  e escalation;
  b breach;
begin
  -- The order of locks that everybody uses: runs, escalation, breach.
  perform from run r
    where exists (select from escalation x where x.processor_id = me and x.id = of_escalation
      and (r.organisation_id = me and r.subject_id = of_escalation
        or r.organisation_id = x.controller_id and r.subject_id = x.breach_id))
    order by r.id for update;
  select * into e from escalation where processor_id = me and id = of_escalation for update;
  if not found or e.informed_at is distinct from informed or e.informed_how not in ('phone', 'letter') then
    return 'not_by_call';
  end if;
  select * into b from breach where organisation_id = e.controller_id and id = e.breach_id for update;
  if e.acknowledged_at is not null or e.decision is not null or somebody_acted(b) then
    return 'acted';
  end if;
  if b.stated_aware_at is not null and not may_write_about(me, e.controller_id) then
    return 'no_standing';
  end if;
  update breach set stated_aware_at = null, stated_aware_how = null, stated_by = null, became_aware_at = null,
      aware_how = null, alarm_at = null, due_at = null, terms = null, version = version + 1
   where organisation_id = b.organisation_id and id = b.id and stated_aware_at is not null;
  if found then
    perform record_across(b.organisation_id, 'breach', b.id, 'breach.awareness_taken_back', null, null, 'processor',
      b.terms->>'name', jsonb_build_object('by', b.stated_by, 'became_aware_at', b.stated_aware_at,
        'how', b.stated_aware_how));
  end if;
  update escalation set informed_at = null, informed_how = null where processor_id = me and id = of_escalation;
  perform wait_for_receipt_again(me, array[of_escalation], '{}');
  perform stop_counting(b.organisation_id, b.id);
  perform count_to_inform(me, of_escalation);
  perform wake_steps(me, of_escalation);
  return 'taken_back';
end $$;

alter function take_back_informing(uuid, timestamptz) owner to meldketen_door;
revoke execute on function take_back_informing(uuid, timestamptz) from public;
grant execute on function take_back_informing(uuid, timestamptz) to meldketen_app;
