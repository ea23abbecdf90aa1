-- Trigger: nothing new comes into a register that was joined, whoever asks.
create or replace function refuse_where_joined() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from organisation where id = acting_organisation() and joined_into is not null) then
    raise insufficient_privilege using message = 'this register was joined into another one';
  end if;
  return null;
end $$;
