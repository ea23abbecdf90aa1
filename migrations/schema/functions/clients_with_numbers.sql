-- Returns the agreements of the acting office that lead to the registers to which these Chamber of Commerce numbers
-- would lead when a client is registered: nothing else of the numbers of others.
create or replace function clients_with_numbers(numbers text[]) returns table (kvk_number text, agreement_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.kvk_number, a.id
    from registers_of(acting_organisation(), numbers) r
    join processing_agreement a on a.processor_id = acting_organisation() and a.controller_id = r.id
$$;

alter function clients_with_numbers(text[]) owner to meldketen_door;
revoke execute on function clients_with_numbers(text[]) from public;
grant execute on function clients_with_numbers(text[]) to meldketen_app;
