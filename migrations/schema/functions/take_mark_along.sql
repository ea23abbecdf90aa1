-- A decision that is taken back, by whatever act, takes the mark along.
create or replace function take_mark_along() returns trigger language plpgsql as $$
begin
  new.decided_alone := null;
  return new;
end $$;
