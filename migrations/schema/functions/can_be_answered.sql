-- Which answer an organisation can give to a processor in this state; waits: it has a register that could move. As
-- Processor.answers in tenants/consents.py.
create or replace function can_be_answered(state text, answer text, waits boolean) returns boolean
language sql immutable as $$
  select case answer when 'accepted' then state <> 'accepted' and waits
                     when 'refused' then state in ('asked', 'ended')
                     when 'ended' then state = 'accepted'
                     else false end
$$;

revoke execute on function can_be_answered(text, text, boolean) from public;
grant execute on function can_be_answered(text, text, boolean) to meldketen_door;
