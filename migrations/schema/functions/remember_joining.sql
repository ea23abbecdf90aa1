-- Trigger: a register whose breaches continue in another records that in its own history, by whichever act.
create or replace function remember_joining() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform record_across(new.id, 'organisation', new.id, 'register.joined', null, null, 'controller', null, '{}');
  return null;
end $$;
