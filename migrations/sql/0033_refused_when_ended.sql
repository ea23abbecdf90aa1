-- A processor that was ended can be refused: then nobody of the organisation is mailed about it any more.

-- Which answer an organisation can give to a processor in this state; waits: it has a register that could move. As
-- Processor.answers in tenants/consents.py.
create function can_be_answered(state text, answer text, waits boolean) returns boolean language sql immutable as $$
  select case answer when 'accepted' then state <> 'accepted' and waits
                     when 'refused' then state in ('asked', 'ended')
                     when 'ended' then state = 'accepted'
                     else false end
$$;

-- As in 0026; new: what was ended can be refused.
create or replace function answer_processor(processor uuid, answer text, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  p record;
  is_claimed boolean;
  moved integer := 0;
begin
  perform from organisation where id in (me, processor) order by id for update;
  select * into p from processors_of_mine() where processor_id = processor;
  if p.register is not null then  -- nobody opens it, or proves its number, at this moment
    perform from organisation where id = p.register for update;
    select * into p from processors_of_mine() where processor_id = processor;
  end if;
  if p.processor_id is null or not can_be_answered(p.state, answer, p.register is not null) then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, answered_at, answered_by, ended_at)
  values (me, processor, answer, 'asked', now(), by_user, case when answer = 'ended' then now() end)
  on conflict (controller_id, processor_id) do update
     set state = answer, answered_at = now(), answered_by = by_user, ended_at = excluded.ended_at;
  if answer = 'accepted' then
    select o.claimed_at is not null into is_claimed from organisation o where o.id = p.register;
    if is_claimed then
      moved := lead_elsewhere(processor, p.register, me,
        (select c.receipts from consent c where c.controller_id = me and c.processor_id = processor), false);
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

revoke execute on function can_be_answered(text, text, boolean) from public;
grant execute on function can_be_answered(text, text, boolean) to meldketen_door;
