-- A register whose breaches went on in another says so in its own history, whichever act did it.
create or replace function remember_joining() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform record_across(new.id, 'organisation', new.id, 'register.joined', null, null, 'controller', null, '{}');
  return null;
end $$;
