-- Trigger: nobody states that they became aware after they confirmed receipt, or assessed.
create or replace function refuse_moment_after_acts() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from first_own_acts(new.id) acts
              where greatest(new.became_aware_at, new.later_aware_at) > least(acts.received_at, acts.assessed_at)) then
    raise exception 'a moment of awareness after an own act' using errcode = 'check_violation',
      constraint = 'own_moment_before_own_acts';
  end if;
  return new;
end $$;
