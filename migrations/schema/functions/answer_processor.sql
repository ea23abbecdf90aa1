-- Writes the acting organisation's answer: 'accepted', 'refused' or 'ended'; what was ended can be refused. The
-- caller writes its own entry. Returns how many breaches came along; null: this processor does not ask, or there is
-- nothing to end, or the acting register is that of a test client. Of a register that was opened by somebody who is not
-- verified, only what the office stated comes along.
create or replace function answer_processor(processor uuid, answer text, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  p record;
  is_claimed boolean;
  moved integer := 0;
begin
  -- The register too: nobody opens it, or proves its number, at this moment.
  perform from organisation where id in (me, processor, (select m.register from processors_of_mine() m
    where m.processor_id = processor)) order by id for no key update;
  select * into p from processors_of_mine() where processor_id = processor;
  perform from organisation where id = p.register for no key update;  -- another one, if it was released meanwhile
  if p.processor_id is null or (select is_test from organisation where id = me)
     or not can_be_answered(p.state, answer, p.register is not null) then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, answered_at, answered_by, ended_at)
  values (me, processor, answer, 'asked', now(), by_user, case when answer = 'ended' then now() end)
  on conflict (controller_id, processor_id) do update
     set state = answer, answered_at = now(), answered_by = by_user, ended_at = excluded.ended_at;
  if answer = 'accepted' then
    select o.claimed_at is not null into is_claimed from organisation o where o.id = p.register;
    if is_claimed then
      moved := lead_all_elsewhere(processor, p.register, me,
        (select c.receipts from consent c where c.controller_id = me and c.processor_id = processor));
      perform tell_of_proof(processor, p.register, me);
    else
      moved := move_register(processor, p.register, me);
      update organisation set joined_into = me where id = p.register;
    end if;
  elsif answer = 'ended' then
    perform leave_register(processor, me);
  end if;
  if answer <> 'refused' then  -- of a refusal the office learns nothing
    perform record_across(processor, 'organisation', processor, 'consent.' || answer, null, null, 'controller', null,
      jsonb_build_object('by', (select name from organisation where id = me), 'breaches', moved));
  end if;
  return moved;
end $$;

alter function answer_processor(uuid, text, uuid) owner to meldketen_door;
revoke execute on function answer_processor(uuid, text, uuid) from public;
grant execute on function answer_processor(uuid, text, uuid) to meldketen_app;
