-- Returns the hash of a breach's row in the register. It includes which tags the entries about its escalation have,
-- so that none of those can be left out either.
create or replace function register_hash(b breach, secret bytea) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('register', encode(sha256(convert_to(register_text(b), 'UTF8')), 'hex'))
      || case when b.escalation_id is null then '{}'
              else jsonb_build_object('escalation', encode(history_subject(secret, b.escalation_id), 'hex')) end
$$;
