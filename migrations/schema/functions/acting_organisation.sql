-- Returns the organisation for which the statement acts, as the transaction says; null: for none.
create or replace function acting_organisation() returns uuid language sql stable as $$
  select nullif(current_setting('app.organisation', true), '')::uuid
$$;
