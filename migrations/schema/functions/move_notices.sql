-- Moves notices that nobody sent, with their text. The list of people is sealed with the key of the register that is
-- left, so it stays there: a run begins with its first step again, and is approved anew. What was sent stays where it
-- was sent, with its mails and the answers to them; mail that is held there is not sent any more.
create or replace function move_notices(old_register uuid, new_register uuid, breaches uuid[]) returns integer
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
           'approved_on', null, 'prepared_by', '{}'::uuid[], 'check_code', fresh_check_code()))).*
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

revoke execute on function move_notices(uuid, uuid, uuid[]) from public;
grant execute on function move_notices(uuid, uuid, uuid[]) to meldketen_door;
