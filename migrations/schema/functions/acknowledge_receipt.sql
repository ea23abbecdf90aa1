-- Confirms, for the controller, receipt of what its processor sent. In a register that was opened by somebody who
-- proved nothing, a receipt by a mailed link is only a statement of the holder of the link, once for each link and in
-- both histories: it stops no reminder and sets no moment.
create or replace function acknowledge_receipt(breach_received uuid, by_name text, link_to text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  sent escalation;
begin
  select e.* into sent from escalation e where e.controller_id = me and e.breach_id = breach_received;
  if link_to is null or not is_in_doubt(sent.processor_id, me) then
    return note_receipt(me, breach_received, by_name, link_to);
  end if;
  if sent.acknowledged_at is not null then return null; end if;
  update invitation set receipt_stated_at = now()
   where organisation_id = me and breach_id = breach_received and email = link_to and receipt_stated_at is null;
  if found then
    perform record_across(sent.processor_id, 'escalation', sent.id, 'escalation.receipt_stated', null, by_name, null,
                          null, jsonb_build_object('by_link', true));
    perform record_across(me, 'breach', breach_received, 'breach.receipt_stated', null, by_name, null, null,
                          jsonb_build_object('by_link', true));
  end if;
  return null;
end $$;

alter function acknowledge_receipt(uuid, text, text) owner to meldketen_door;
revoke execute on function acknowledge_receipt(uuid, text, text) from public;
grant execute on function acknowledge_receipt(uuid, text, text) to meldketen_app;
