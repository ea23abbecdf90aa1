-- A verified organisation confirms that it received a message that waits at an office: the sender's clock for receipt
-- stops, and nothing is accepted. The organisation's own entry is the caller's. Null: nothing to confirm.
create function confirm_waiting(breach_waiting uuid, by_name text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  at_register uuid;
  moment timestamptz;
begin
  select b.organisation_id into at_register
    from processors_of_mine() p join breach b on b.organisation_id = p.register and b.id = breach_waiting;
  if not found then return null; end if;
  moment := note_receipt(at_register, breach_waiting, by_name, null);
  if moment is not null then
    perform record_across(at_register, 'breach', breach_waiting, 'breach.receipt_confirmed', null, by_name,
      'controller',
                          null, jsonb_build_object('by_link', false, 'by',
                                                   (select name from organisation where id = acting_organisation())));
  end if;
  return moment;
end $$;
do $$
begin
  grant create on schema public to meldketen_door;
  alter function confirm_waiting(uuid, text) owner to meldketen_door;
  revoke execute on function confirm_waiting(uuid, text) from public;
  grant execute on function confirm_waiting(uuid, text) to meldketen_app;
  revoke create on schema public from meldketen_door;
end $$;
