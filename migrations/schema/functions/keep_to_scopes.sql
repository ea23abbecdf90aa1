-- Trigger of api_token: a program gets only acts that table token_scope has, so none while nothing filled it.
create or replace function keep_to_scopes() returns trigger language plpgsql as $$
begin
  if not new.scopes <@ array(select s.act from token_scope s) then
    raise exception 'no program may do this' using errcode = 'check_violation', constraint = 'scopes_of_a_program';
  end if;
  return new;
end $$;
