-- Returns the purpose, when history may be erased for it; raises for any other.
create or replace function erasing_purpose(purpose text) returns text language plpgsql immutable as $$
begin
  if purpose is null or purpose not in ('asked', 'retention_ended', 'recorded_by_mistake') then
    raise check_violation using message = 'history: nothing is erased for this purpose';
  end if;
  return purpose;
end $$;
