-- Returns the agreements that this office states about this register, its oldest twenty, as a list of objects.
create or replace function agreements_stated(office uuid, register uuid) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'client_number', a.client_number, 'controller_name', a.controller_name,
           'hours_to_notify', a.hours_to_notify, 'contacts', a.contacts,
           'in_force_from', a.in_force_from, 'in_force_to', a.in_force_to,
           'services', (select coalesce(jsonb_object_agg(s.service, s.role), '{}') from agreed_service s
                         where s.processor_id = office and s.agreement_id = a.id)) order by a.id), '[]')
    from (select * from processing_agreement g where g.processor_id = office and g.controller_id = register
           order by g.id limit 20) a
$$;

revoke execute on function agreements_stated(uuid, uuid) from public;
grant execute on function agreements_stated(uuid, uuid) to meldketen_door;
