-- Makes the test client of the acting office, with an agreement in all these services, or gives the one that is there
-- this contact alone, in all agreements with it; the newest one has no end. Its number is the first free one of PROEF,
-- PROEF-2, and so on. Its agreement is in force 30 days back, because a test just after midnight is about the day
-- before. Returns the agreement that is in force and its number, and what became of it: made, changed, or same.
create or replace function make_test_client(called text, contact jsonb, services text[])
returns table (agreement_id uuid, of_client text, outcome text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  today constant date := (now() at time zone 'Europe/Amsterdam')::date;
  register uuid;
  number text := 'PROEF';
  newest uuid;
  changed integer;
begin
  if me is null or not is_admitted(me) then raise insufficient_privilege
    using message = 'this organisation is not admitted as an office'; end if;
  perform from organisation where id = me for share;
  perform pg_advisory_xact_lock(hashtextextended(me::text, 28));
  register := my_test_register();
  if register is not null then
    newest := (select a.id from processing_agreement a where a.processor_id = me and a.controller_id = register
                order by a.in_force_from desc limit 1);
    update processing_agreement a
       set contacts = jsonb_build_array(contact), in_force_to = case when a.id <> newest then a.in_force_to end
     where a.processor_id = me and a.controller_id = register
       and (a.contacts <> jsonb_build_array(contact) or a.id = newest and a.in_force_to is not null);
    get diagnostics changed = row_count;
    return query select a.id, a.client_number, case when changed > 0 then 'changed' else 'same' end
      from processing_agreement a where a.processor_id = me and a.controller_id = register
     order by (a.in_force_from <= today) desc, a.in_force_from desc limit 1;
    return;
  end if;
  for nth in 2..1000 loop
    exit when not exists (select from processing_agreement a
                           where a.processor_id = me and lower(a.client_number) = lower(number));
    number := 'PROEF-' || nth;
  end loop;
  insert into organisation (slug, name, made_by, is_test, locale)
  select 'proef-' || encode(substr(uuid_send(gen_random_uuid()), 1, 6), 'hex'), called, me, true, o.locale
    from organisation o where o.id = me returning id into register;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
    contacts, in_force_from, in_force_to)
  values (me, register, number, called, 24, jsonb_build_array(contact), today - 30, null)
  returning id into agreement_id;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, make_test_client.agreement_id, register, s, 'processor' from unnest(services) s;
  perform record_across(register, 'agreement', agreement_id, 'agreement.registered', null, null, 'processor', null,
    (select jsonb_build_object('by', o.name, 'client_number', number) from organisation o where o.id = me));
  of_client := number;
  outcome := 'made';
  return next;
end $$;

alter function make_test_client(text, jsonb, text[]) owner to meldketen_door;
revoke execute on function make_test_client(text, jsonb, text[]) from public;
grant execute on function make_test_client(text, jsonb, text[]) to meldketen_app;
