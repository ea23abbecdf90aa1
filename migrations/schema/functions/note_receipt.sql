-- Notes that the controller `me` received this breach's message: its sender's clock for receipt stops. Returns the
-- moment; null: there is no such message, or its receipt was noted before.
-- link_to: the address to which the link was mailed, or null.
create or replace function note_receipt(me uuid, breach_received uuid, by_name text, link_to text) returns timestamptz
language plpgsql set search_path = public, pg_temp as $$
declare
  sent record;
begin
  perform wake_steps(e.processor_id, e.id) from escalation e where e.controller_id = me
    and e.breach_id = breach_received
      and e.acknowledged_at is null;
  update escalation set acknowledged_at = now(), acknowledged_by = by_name, acknowledged_link = link_to
   where controller_id = me and breach_id = breach_received and acknowledged_at is null
  returning processor_id, id, acknowledged_at into sent;
  if not found then return null; end if;
  update breach set acknowledged_at = sent.acknowledged_at where organisation_id = me and id = breach_received;
  -- Whoever confirms a receipt reads what is sent to that address: nobody asks there for a year.
  update contact_standing set confirmed_at = now(), reached_at = now(), next_at = now() + interval '1 year'
   where organisation_id = sent.processor_id and address = lower(trim(link_to)) and says_no_at is null;
  perform record_across(sent.processor_id, 'escalation', sent.id, 'escalation.acknowledged', null, by_name, null, null,
                        jsonb_build_object('by_link', link_to is not null));
  return sent.acknowledged_at;
end $$;

revoke execute on function note_receipt(uuid, uuid, text, text) from public;
grant execute on function note_receipt(uuid, uuid, text, text) to meldketen_door;
