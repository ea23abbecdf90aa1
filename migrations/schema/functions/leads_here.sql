-- Returns whether the escalation of this breach leads to the register in which the breach stands; if not, the breach
-- was left behind there.
create or replace function leads_here(b breach) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select from escalation e where e.processor_id = b.processor_id and e.controller_id = b.organisation_id
                                            and e.breach_id = b.id)
$$;

revoke execute on function leads_here(breach) from public;
grant execute on function leads_here(breach) to meldketen_door;
