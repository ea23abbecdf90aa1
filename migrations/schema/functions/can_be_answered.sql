-- Returns whether an organisation can give this answer to a processor in this state, as Processor.answers in
-- tenants/agreements/consents.py does. waits: the processor has a register that could move.
create or replace function can_be_answered(state text, answer text, waits boolean) returns boolean
language sql immutable as $$
  select case answer when 'accepted' then state <> 'accepted' and waits
                     when 'refused' then state in ('asked', 'ended')
                     when 'ended' then state = 'accepted'
                     else false end
$$;

revoke execute on function can_be_answered(text, text, boolean) from public;
grant execute on function can_be_answered(text, text, boolean) to meldketen_door;
