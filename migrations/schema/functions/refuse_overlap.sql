-- Refuses two agreements of one client, of the same office, that are in force on the same day: nobody could say which
-- hours bind. agreements: those that were just written.
create or replace function refuse_overlap(office uuid, agreements uuid[]) returns void language plpgsql stable as $$
begin
  if exists (select from processing_agreement a
               join processing_agreement b on b.processor_id = a.processor_id and b.client_number = a.client_number
                and b.controller_id = a.controller_id and b.id <> a.id
                and b.in_force_from <= coalesce(a.in_force_to, 'infinity')
                and a.in_force_from <= coalesce(b.in_force_to, 'infinity')
              where a.processor_id = office and a.id = any (agreements)) then
    raise check_violation using message = 'two agreements of one client on one day', constraint = 'one_agreement_a_day';
  end if;
end $$;

revoke execute on function refuse_overlap(uuid, uuid[]) from public;
grant execute on function refuse_overlap(uuid, uuid[]) to meldketen_door;
