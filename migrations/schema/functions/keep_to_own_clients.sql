-- Trigger: an agreement leads to a register that this office made and nobody opened yet, or to one that accepted this
-- processor.
create or replace function keep_to_own_clients() returns trigger
language plpgsql security definer set search_path = public,
  pg_temp as $$
begin
  if exists (select from changed a join organisation o on o.id = a.controller_id
              left join consent c on c.controller_id = a.controller_id and c.processor_id = a.processor_id
                and c.state = 'accepted'
              where c.state is null and (o.claimed_at is not null or o.made_by is distinct from a.processor_id)) then
    raise check_violation using message = 'an agreement with a register that did not accept this processor',
      constraint = 'register_accepts_processor';
  end if;
  return null;
end $$;

alter function keep_to_own_clients() owner to meldketen_door;
revoke execute on function keep_to_own_clients() from public;
grant execute on function keep_to_own_clients() to meldketen_app;
