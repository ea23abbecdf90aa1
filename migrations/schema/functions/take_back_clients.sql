-- Takes back the agreements of the acting office that came from this file, with their contacts. Returns them; none
-- where something rests on one of them (clients_held_back says on which). A register that the office made for them
-- alone, and that nobody opened, stays with its history and loses its number: nobody is led to it any more, and a new
-- registration gets a new one.
create or replace function take_back_clients(file uuid) returns table (agreement_id uuid, of_client text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  taken processing_agreement[];
begin
  if me is null or not is_admitted(me) then raise insufficient_privilege
    using message = 'this organisation is not admitted as an office'; end if;
  -- Whoever records an incident of this office, or opens one of these registers, at this moment ends first.
  perform from organisation o
    where o.id = me or o.id in (select a.controller_id from processing_agreement a
                                 where a.processor_id = me and a.file_id = file)
    order by o.id for no key update;
  taken := array(
    select a from processing_agreement a where a.processor_id = me and a.file_id = file order by a.id for update);
  if exists (select from clients_held_back(file)) then return; end if;
  -- An address that no agreement has any more is forgotten by a trigger, when the contacts change.
  update processing_agreement set contacts = '[]' where processor_id = me and file_id = file;
  delete from agreed_service s using unnest(taken) a where s.processor_id = me and s.agreement_id = a.id;
  delete from processing_agreement where processor_id = me and file_id = file;
  update organisation o set kvk_number = null
   where o.id in (select a.controller_id from unnest(taken) a) and o.made_by = me and o.claimed_at is null
     and not exists (select from processing_agreement a where a.controller_id = o.id);
  perform tell_client(a, 'agreement.taken_back', '{}') from unnest(taken) a;
  return query select a.id, a.client_number from unnest(taken) a;
end $$;

alter function take_back_clients(uuid) owner to meldketen_door;
revoke execute on function take_back_clients(uuid) from public;
grant execute on function take_back_clients(uuid) to meldketen_app;
