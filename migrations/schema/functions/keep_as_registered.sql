-- Trigger of organisation: when somebody opens a register, what its office had registered is kept beside it.
create or replace function keep_as_registered() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.as_registered := jsonb_build_object('name', old.name, 'locale', old.locale, 'fg_name', old.fg_name,
    'fg_email', old.fg_email, 'fg_number', old.fg_number, 'financial_undertaking', old.financial_undertaking);
  return new;
end $$;
