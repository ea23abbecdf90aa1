-- What was decided, done alone and prepared in the register that is left comes along as it is: it was judged where it
-- was done, so the rules of who may do what look at it once. The door alone writes for another register; it ends no
-- person's step itself. (The rules that 0020 and 0021 add leave out the door in the same way.)
drop trigger four_eyes_when_done on step;
create trigger four_eyes_when_done before insert or update on step
  for each row when (new.kind = 'human' and new.state = 'done' and current_user <> 'meldketen_door')
  execute function keep_four_eyes();
drop trigger glass_is_an_owners on broken_glass;
create trigger glass_is_an_owners before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_glass_for_owners();
grant insert on broken_glass to meldketen_door;

-- What was done alone stays to be reviewed, in the new register.
create function move_glass(old_register uuid, new_register uuid, breaches uuid[]) returns void language sql as $$
  insert into broken_glass
  select (jsonb_populate_record(g, jsonb_build_object('organisation_id', new_register))).*
    from broken_glass g join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches)
$$;

-- Notices that nobody sent come along with their text. The list of people is sealed with the key of the register that
-- is left, so it stays there: a run begins with its first step again, and is approved anew. What was sent stays where
-- it was sent, with its mails and the answers to them; mail that is held there does not go any more.
create function move_notices(old_register uuid, new_register uuid, breaches uuid[]) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  moved constant uuid[] := array(select n.id from notice n join run r on r.organisation_id = n.organisation_id
      and r.subject_id = n.id and r.state = 'running'
    where n.organisation_id = old_register and n.breach_id = any (breaches) and n.sent_at is null
    order by n.id for update of n);
begin
  if cardinality(moved) = 0 then return 0; end if;
  insert into notice
  select (jsonb_populate_record(n, jsonb_build_object('organisation_id', new_register, 'approved_at', null,
           'approved_on', null, 'check_code', fresh_check_code()))).*
    from notice n where n.organisation_id = old_register and n.id = any (moved);
  insert into run select (jsonb_populate_record(r, jsonb_build_object('organisation_id', new_register))).*
    from run r where r.organisation_id = old_register and r.subject_id = any (moved);
  insert into step (organisation_id, id, run_id, name, kind, state)
  select distinct on (s.run_id) new_register, s.id, s.run_id, s.name, s.kind, 'waiting'
    from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
   where r.organisation_id = old_register and r.subject_id = any (moved) order by s.run_id, s.created_at, s.id;
  insert into clock select (jsonb_populate_record(c, jsonb_build_object('organisation_id', new_register))).*
    from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
   where r.organisation_id = old_register and r.subject_id = any (moved);
  update mail_batch set state = 'stopped', held_for = null, held_until = null
   where organisation_id = old_register and about_id = any (moved) and state = 'held';
  perform close_dossiers(old_register, moved);
  return cardinality(moved);
end $$;

-- As tenants/notices.py makes them: of signs that do not look alike on paper.
create function fresh_check_code() returns text language sql volatile as $$
  with drawn as (
    select string_agg(substr('23456789ABCDEFGHJKMNPQRSTUVWXYZ', 1 + (get_byte(bytes, n) % 31), 1), '' order by n)
           as signs
      from (select sha256(uuid_send(gen_random_uuid())) as bytes) b, generate_series(0, 7) n)
  select substr(signs, 1, 4) || '-' || substr(signs, 5) from drawn
$$;

-- Nothing about these goes on in this register.
create function close_dossiers(register uuid, subjects uuid[]) returns void language sql as $$
  update clock c set state = 'cancelled', next_at = null
    from run r where r.organisation_id = c.organisation_id and r.id = c.run_id and c.state in ('waiting', 'running')
                 and r.organisation_id = register and r.subject_id = any (subjects);
  update step s set state = 'cancelled', lease_token = null, lease_until = null
    from run r where r.organisation_id = s.organisation_id and r.id = s.run_id
                 and s.state in ('ready', 'running', 'waiting')
                 and r.organisation_id = register and r.subject_id = any (subjects);
  update run set state = 'cancelled', finished_at = now()
   where organisation_id = register and subject_id = any (subjects) and state = 'running'
$$;

do $$
declare part text;
begin
  foreach part in array array['move_glass(uuid,uuid,uuid[])', 'move_notices(uuid,uuid,uuid[])', 'fresh_check_code()',
      'close_dossiers(uuid,uuid[])'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
