-- Gives a register in which one office alone wrote back to that office, unclaimed, with those that were joined into
-- it. Where the stranger ended the office, its agreements lead to a newer register: that one continues in this one.
create or replace function close_alone(r organisation) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  joined constant uuid[] := array(select w from joined_with(r.id) w where w <> r.id);
  addresses constant text[] := came_through(r.made_by, r.id);
  newer uuid;
  closed uuid;
begin
  update organisation o set joined_into = r.id
   where o.made_by = r.made_by and o.kvk_number = r.kvk_number and o.claimed_at is null and o.joined_into is null
  returning o.id into newer;
  update organisation set claimed_at = null, verified_at = null, verified_how = null, verified_note = null
   where id = r.id;
  perform describe_as_registered(r.id);
  perform undo_of_strangers(r.made_by, r.id, r.id, addresses);
  if newer is not null then
    perform undo_of_strangers(r.made_by, newer, r.id, addresses);
    perform move_register(r.made_by, newer, r.id);
  end if;
  foreach closed in array joined loop
    perform end_notices(closed);
    perform lead_elsewhere(r.made_by, closed, r.id, '{}');
  end loop;
end $$;

revoke execute on function close_alone(organisation) from public;
grant execute on function close_alone(organisation) to meldketen_door;
