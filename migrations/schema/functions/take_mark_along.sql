-- Trigger: a decision that is taken back, by whatever act, loses its mark of being taken alone.
create or replace function take_mark_along() returns trigger language plpgsql as $$
begin
  new.decided_alone := null;
  return new;
end $$;
