-- Tells the processor what the controller decided: the outcome and the moment, and whether one person decided it
-- alone; nothing else. The moment is that of the sending, as the register has it, else that of the decision. The
-- office's history has it too.
create or replace function report_decision(breach_decided uuid, outcome text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  alone constant boolean := is_decided_alone(me, breach_decided);
  updated record;
begin
  update escalation e set decision = outcome, decided_at = coalesce(b.submitted_at, b.decided_at, now()),
      decided_alone = alone
    from breach b
   where e.controller_id = me and e.breach_id = breach_decided and b.organisation_id = me and b.id = breach_decided
  returning e.processor_id, e.id into updated;
  if found then
    perform record_across(updated.processor_id, 'escalation', updated.id, 'escalation.decided', null, null,
      'controller', null, jsonb_build_object('by', (select name from organisation where id = me), 'decision', outcome)
        || case when alone then '{"alone": true}'::jsonb else '{}' end);
  end if;
end $$;

alter function report_decision(uuid, text) owner to meldketen_door;
revoke execute on function report_decision(uuid, text) from public;
grant execute on function report_decision(uuid, text) to meldketen_app;
