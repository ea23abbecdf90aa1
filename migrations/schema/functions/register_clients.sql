-- Registers agreements of the acting office, as a set. A client that is new gets its own organisation and register,
-- unclaimed. It waits for transactions that move the agreements of this office.
-- clients: [{"slug","name","kvk_number","client_number","financial_undertaking","hours_to_notify","contacts",
-- "services":{name: role},"in_force_from","in_force_to","file_id"}]
create or replace function register_clients(clients jsonb) returns table (agreement_id uuid, of_client text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
begin
  if me is null or not is_admitted(me) then raise insufficient_privilege
    using message = 'this organisation is not admitted as an office'; end if;
  -- Whoever moves this office's agreements at this moment ends first: the new ones lead where those lead then.
  perform from organisation where id = me for share;
  perform make_registers(me, clients);
  perform word_to_asked(array_agg(r.id), array_agg(r.id))
     from registers_of(me, array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
    contacts, in_force_from, in_force_to, kvk_number_stated, file_id)
  select me, r.id, c.client_number, c.name, c.hours_to_notify, coalesce(c.contacts, '[]'), c.in_force_from,
    c.in_force_to, c.kvk_number, c.file_id
    from jsonb_to_recordset(clients) as c(name text, kvk_number text, client_number text, hours_to_notify integer,
      contacts jsonb, in_force_from date, in_force_to date, file_id uuid)
    join registers_of(me,
      array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r on r.kvk_number = c.kvk_number;
  if (select count(distinct a.client_number) from processing_agreement a
       where a.processor_id = me and a.controller_id is distinct from (select my_test_register()))
     > (select most_clients from admission where organisation_id = me) then
    raise check_violation using message = 'more clients than the operator allows', constraint = 'most_clients';
  end if;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, a.id, a.controller_id, s.key, s.value
    from jsonb_to_recordset(clients) as c(client_number text, in_force_from date, services jsonb)
    join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
      and a.in_force_from = c.in_force_from
   cross join lateral jsonb_each_text(c.services) as s;
  perform refuse_overlap(me, array(
    select a.id from jsonb_to_recordset(clients) as c(client_number text, in_force_from date)
      join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
       and a.in_force_from = c.in_force_from));
  return query
    with registered as (
      select a.id, a.controller_id, a.client_number, a.in_force_from
        from jsonb_to_recordset(clients) as c(client_number text, in_force_from date)
        join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
          and a.in_force_from = c.in_force_from),
    told as (
      insert into history_pending (organisation_id, entry)
      select r.controller_id, row(r.controller_id, 'agreement', r.id, 'agreement.registered', null, null, 'processor',
        null, null, null,
                                  jsonb_build_object('by', o.name, 'client_number', r.client_number, 'in_force_from',
                                    r.in_force_from),
                                  null, null, null)::history_entry
        from registered r cross join organisation o where o.id = me)
    select id, client_number from registered;
end $$;

alter function register_clients(jsonb) owner to meldketen_door;
revoke execute on function register_clients(jsonb) from public;
grant execute on function register_clients(jsonb) to meldketen_app;
