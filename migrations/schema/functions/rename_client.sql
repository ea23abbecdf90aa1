-- Gives a client of the acting office another name and client number, in all agreements with it under its number. What
-- its register is called does not change. The client's history says the number, and not the name.
create or replace function rename_client(agreement uuid, new_name text, new_number text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was constant processing_agreement := own_agreement(agreement);
begin
  if exists (select from processing_agreement a where a.processor_id = was.processor_id
                and lower(a.client_number) = lower(new_number) and a.client_number <> was.client_number) then
    raise check_violation using message = 'another client has this number', constraint = 'number_of_one_client';
  end if;
  update processing_agreement set controller_name = new_name, client_number = new_number
   where processor_id = was.processor_id and controller_id = was.controller_id and client_number = was.client_number;
  perform tell_client(was, 'agreement.renamed', jsonb_build_object('new_number', new_number));
end $$;

alter function rename_client(uuid, text, text) owner to meldketen_door;
revoke execute on function rename_client(uuid, text, text) from public;
grant execute on function rename_client(uuid, text, text) to meldketen_app;
