-- Trigger of organisation_key: an organisation whose key was destroyed gets no other one.
create or replace function keep_destroyed() returns trigger language plpgsql as $$
begin
  if exists (select from organisation_key k where k.organisation_id = new.organisation_id)
     and not exists (select from organisation_key k where k.organisation_id = new.organisation_id
                                                        and k.wrapped_key is not null) then
    raise exception 'the key of this organisation was destroyed'
      using errcode = 'check_violation', constraint = 'done_is_final';
  end if;
  return new;
end $$;
