-- Moves one register's breaches of one office to another: they are copied with their runs, so that clocks continue,
-- and closed where they were. The old rows and the old chain stay; the new register's chain begins with where each
-- breach came from. A breach that was left behind there does not come along, and one that stood here before continues
-- here.
create or replace function move_register(office uuid, old_register uuid, new_register uuid) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  moved uuid[];
  stood_there uuid[];
  last_number integer;
begin
  -- Whoever writes about these breaches ends first: what it wrote is copied, and nobody writes beside it.
  perform lock_between(array[office], array[old_register]);
  moved := array(select b.id from breach b where b.organisation_id = old_register and b.processor_id = office
                    and b.origin = 'escalated' and leads_here(b) order by b.created_at, b.id);
  stood_there := standing_in(new_register, moved);
  moved := array(select m.id from unnest(moved) with ordinality as m(id, nth) where m.id <> all (stood_there)
                  order by m.nth);
  insert into register_counter as k (organisation_id, kind, year, last)
  values (new_register, 'breach', extract(year from now() at time zone 'Europe/Amsterdam'), cardinality(moved))
  on conflict (organisation_id, kind, year) do update set last = k.last + excluded.last
  returning k.last - cardinality(moved) into last_number;
  insert into breach
  select (jsonb_populate_record(b, jsonb_build_object('organisation_id', new_register, 'reference',
           extract(year from now() at time zone 'Europe/Amsterdam') || '-' ||
             lpad((last_number + m.nth)::text, 4, '0')))).*
    from unnest(moved) with ordinality as m(id, nth) join breach b on b.organisation_id = old_register and b.id = m.id;
  perform move_dossiers(old_register, new_register, moved);
  perform move_glass(old_register, new_register, moved);
  perform move_notices(old_register, new_register, moved);
  perform take_up_again(office, old_register, new_register, stood_there);
  perform close_dossiers(old_register, array(select b.id from breach b where b.organisation_id = old_register
                                                and b.processor_id = office and b.origin = 'escalated'));
  update processing_agreement set controller_id = new_register
   where processor_id = office and controller_id = old_register;
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and controller_id = old_register;
  update invitation set organisation_id = new_register
   where organisation_id = old_register and breach_id = any (moved || stood_there) and used_at is null;
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.moved_in', null, null, 'processor', null, null,
    b.terms->>'name',
           jsonb_build_object('by', b.processor_name, 'from_register', old_register, 'reference_there', b.reference,
             'chain_there', k.seq, 'head_there', encode(k.hash, 'hex'), 'notices_sent_there',
             (select count(*) from notice n where n.organisation_id = old_register and n.breach_id = b.id
                                              and n.sent_at is not null)), null, null, null)::history_entry
    from unnest(moved) with ordinality as m(id, nth)
    join breach b on b.organisation_id = old_register and b.id = m.id
    join history_head k on k.organisation_id = old_register order by m.nth;
  return cardinality(moved || stood_there);
end $$;

revoke execute on function move_register(uuid, uuid, uuid) from public;
grant execute on function move_register(uuid, uuid, uuid) to meldketen_door;
