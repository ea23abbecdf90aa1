-- Records that a verified organisation received a message that waits at an office: the sender's clock for receipt
-- stops, and nothing is accepted. For a register that somebody opened, the receipt stands beside the verified
-- organisation's own consent until it accepts, and in the office's history. The caller writes the organisation's own
-- entry. Null: there is nothing to confirm.
create or replace function confirm_waiting(breach_waiting uuid, by_name text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant organisation := (select o from organisation o where o.id = acting_organisation());
  sent record;
  moment timestamptz;
begin
  select b.organisation_id as register, w.office, w.is_claimed, b.escalation_id into sent
    from waiting_registers(me) w join breach b on b.organisation_id in (select joined_with(w.register))
     and b.id = breach_waiting and b.processor_id = w.office and leads_here(b);
  if not found then return null; end if;
  if sent.is_claimed then
    insert into consent as c (controller_id, processor_id, state, how, receipts)
    values (me.id, sent.office, 'asked', 'asked',
            jsonb_build_object(breach_waiting, jsonb_build_object('at', now(), 'by', by_name)))
    on conflict (controller_id, processor_id) do update set receipts = c.receipts || excluded.receipts
     where not c.receipts ? breach_waiting::text
    returning now() into moment;
    if moment is not null then
      perform record_across(sent.office, 'escalation', sent.escalation_id, 'escalation.received_by_verified', null,
                            by_name, 'controller', null, jsonb_build_object('by', me.name));
    end if;
    return moment;
  end if;
  moment := note_receipt(sent.register, breach_waiting, by_name, null);
  if moment is not null then
    perform record_across(sent.register, 'breach', breach_waiting, 'breach.receipt_confirmed', null, by_name,
                          'controller', null, jsonb_build_object('by_link', false, 'by', me.name));
  end if;
  return moment;
end $$;

alter function confirm_waiting(uuid, text) owner to meldketen_door;
revoke execute on function confirm_waiting(uuid, text) from public;
grant execute on function confirm_waiting(uuid, text) to meldketen_app;
