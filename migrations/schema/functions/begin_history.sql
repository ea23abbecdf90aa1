-- Trigger of organisation: each new one gets the head of an empty history, and a secret for its tags.
create or replace function begin_history() returns trigger language plpgsql as $$
begin
  insert into history_head (organisation_id) select id from fresh;
  insert into history_seal (organisation_id) select id from fresh;
  return null;
end $$;
